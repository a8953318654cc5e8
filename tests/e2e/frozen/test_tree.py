"""What is true of the frozen engine alone: what is in its tree, and who can run it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import build_engine
import frozen_tree
import psutil
import pytest
from engine_process import command_line, environment_for, new_home

from local_engine.runtime.superuser import is_root

pytestmark = pytest.mark.full
NOBODY = 65534
ONLY_ELSEWHERE = {
    "asyncio.windows_events",
    "asyncio.windows_utils",
    "distutils._msvccompiler",
    "distutils.msvc9compiler",
    "encodings.mbcs",
    "encodings.oem",
    "multiprocessing.popen_spawn_win32",
}
IMPORT_ALL = """
import importlib, sys
for name in sys.stdin.read().split():
    try:
        importlib.import_module(name)
    except Exception as failure:
        print(name, failure)
"""


def asked(tree: Path, *arguments: str, given: str = "", **variables: str) -> str:
    """What the program prints as a Python, with an environment of these variables only."""
    done = subprocess.run(
        [str(build_engine.executable(tree)), *arguments],
        input=given,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stderr == ""
    return done.stdout


def test_every_file_of_our_package_is_there_byte_for_byte(program: Path) -> None:
    items = list(frozen_tree.own_files())
    contents = program / build_engine.CONTENTS
    assert len(items) > 500
    for place, source, _ in items:
        assert (contents / place).read_bytes() == Path(source).read_bytes(), place


def test_files_of_packages_keep_their_links_and_their_right_to_run(program: Path) -> None:
    contents = program / build_engine.CONTENTS
    for place, source, kind in frozen_tree.installed_files():
        if kind == "SYMLINK":
            assert (contents / place).readlink() == Path(source)
        elif kind == "DATA":
            assert os.access(contents / place, os.X_OK) == os.access(source, os.X_OK), place


def test_every_module_of_the_standard_library_can_be_imported(program: Path) -> None:
    names = [
        name
        for name in frozen_tree.library_modules()
        if name not in ("antigravity", "this") and not name.endswith("__main__")
    ]
    said = asked(program, "-c", IMPORT_ALL, given=" ".join(names)).splitlines()
    failed = {line.partition(" ")[0] for line in said}
    # Where this interpreter was built without a library, its module is not there either.
    here = {name for name in failed if _fails_here(name)}
    assert failed - here - ONLY_ELSEWHERE == set()
    assert len(names) > 500


def _fails_here(name: str) -> bool:
    import importlib

    try:
        importlib.import_module(name)
    except Exception:
        return True
    return False


def test_processes_of_generated_code_work(program: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "from multiprocessing import get_context\n"
        "def double(x): return 2 * x\n"
        "if __name__ == '__main__':\n"
        "    with get_context('spawn').Pool(2) as pool: print(pool.map(double, [1, 2]))\n"
    )
    done = subprocess.run(
        [str(build_engine.executable(program)), "-m", "app"],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "[2, 4]\n", done.stderr


FORK = """
import sys
from pathlib import Path
from local_engine.runtime.guarding.forking import ForkServer
with ForkServer() as server:
    done = server.first.fork_command(Path(sys.argv[1]), {}, ["x"]).communicate("", 60)
    print(done.returncode, done.stdout, done.stderr)
"""


def test_forked_commands_of_a_project_find_every_package(program: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import filetype, procrastinate, sys; print(sys.argv[1:])")
    assert asked(program, "-c", FORK, str(tmp_path)) == "0 ['x']\n \n"


def test_programs_that_are_not_ours_find_their_own_libraries(program: Path) -> None:
    code = "import os; print(sorted(name for name in os.environ if name.startswith('LD_')))"
    assert asked(program, "-c", code) == "[]\n"
    code = "import os; print(os.environ['LD_LIBRARY_PATH'])"
    assert asked(program, "-c", code, LD_LIBRARY_PATH="/usr/x") == "/usr/x\n"


def test_services_and_databases_are_started_without_our_libraries(home: Path) -> None:
    command(home, "create", "A simple todo API", "--run")
    try:
        ours = [one for one in psutil.process_iter(["cmdline"]) if str(home) in _told(one)]
        assert len(ours) > 2
        for process in ours:
            environment = process.environ()
            assert "LD_LIBRARY_PATH" not in environment or _is_ours(process), process
    finally:
        command(home, "stop", "--all")


def _told(process: psutil.Process) -> str:
    try:
        return " ".join([*process.cmdline(), process.cwd(), *process.environ().values()])
    except psutil.Error:
        return ""


def _is_ours(process: psutil.Process) -> bool:
    """The program's start sets the path for itself; only its children are concerned."""
    return process.exe().endswith("/engine/engine")


@pytest.mark.skipif(not is_root(), reason="only root can become somebody else")
def test_somebody_without_rights_and_home_can_use_it() -> None:
    with new_home() as home:
        os.chown(home, NOBODY, NOBODY)
        try:
            said = command(home, "create", "A simple todo API", "--run", "--verify", user=NOBODY)
        finally:
            command(home, "stop", "--all", user=NOBODY)
        assert " 0 failed" in said


def command(home: Path, *arguments: str, user: int | None = None) -> str:
    """What a command prints that must succeed; `user` runs it, otherwise we do."""
    done = subprocess.run(
        [*command_line(), *arguments],
        cwd=home,
        env=environment_for(home),
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

"""The frozen program's entry, run by an ordinary Python: what its arguments make of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from frozen_tree import ROOT

ENTRY = ROOT / "packaging" / "entry.py"


def run(
    *arguments: str, folder: Path = ROOT, called: Path = ENTRY, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(called), *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_runs_a_module_of_the_present_folder(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    source = "import sys; print(__name__, sys.argv[1:], sys.path[0])"
    (tmp_path / "app" / "__main__.py").write_text(source)
    done = run("-m", "app", "-m", "serve", folder=tmp_path)
    assert done.stdout == f"__main__ ['-m', 'serve'] {tmp_path}\n"


def test_what_a_project_imports_is_compiled_once(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import other")
    (tmp_path / "other.py").write_text("")
    assert run("-m", "app", folder=tmp_path, PYTHONDONTWRITEBYTECODE="").returncode == 0
    assert "other" in {file.name.partition(".")[0] for file in tmp_path.rglob("*.pyc")}


def test_it_runs_a_file_with_the_options_of_our_own_scripts(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import sys; print(__name__, sys.argv)")
    assert run("-I", "-S", str(script), "-x").stdout == f"__main__ ['{script}', '-x']\n"


@pytest.mark.parametrize("options", [[], ["-I"], ["-X", "utf8", "-B", "-W", "error"]])
def test_it_runs_code_behind_any_options(options: list[str]) -> None:
    done = run(*options, "-c", "import sys; print(__name__, sys.argv)", "one")
    assert done.stdout == "__main__ ['-c', 'one']\n"


def test_an_exit_code_is_handed_on() -> None:
    assert run("-c", "raise SystemExit(7)").returncode == 7
    assert run("-m", "no_such_module").returncode == 1


def test_options_alone_are_told_to_be_too_little() -> None:
    done = run("-I")
    assert done.returncode == 1
    assert "-m" in done.stderr


def test_without_pythons_options_it_is_the_engine() -> None:
    done = run("--port", "none")
    assert done.returncode == 2
    assert "'none' is no port" in done.stderr


def test_under_its_other_name_it_is_the_command_line(tmp_path: Path) -> None:
    called = tmp_path / "backend-generator"
    called.symlink_to(ENTRY)
    done = run("plan", "A simple todo API", called=called, PYTHONPATH=str(ROOT))
    assert done.returncode == 0
    assert "Todo" in done.stdout


def test_what_the_start_changed_in_the_environment_is_not_handed_on() -> None:
    code = "import os; print(os.environ['LD_LIBRARY_PATH'])"
    done = run("-c", code, LD_LIBRARY_PATH="/engine", LD_LIBRARY_PATH_ORIG="/mine")
    assert done.stdout == "/mine\n"


def test_lines_come_at_once_where_the_environment_asks_for_it() -> None:
    code = "import os, time; print('one'); os._exit(0)"
    assert run("-c", code, PYTHONUNBUFFERED="1").stdout == "one\n"
    assert run("-c", code, PYTHONUNBUFFERED="").stdout == ""

"""What the fork server forks is what would have been started, and ends when that would end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from generated_project import make_project
from killing import alive, eventually, line_of, python

from local_engine.runtime.guarding.environment import python_environment
from local_engine.runtime.guarding.fork_server import PRELOADED
from local_engine.runtime.guarding.forking import Forks, ForkServer
from local_engine.runtime.ports import free_port
from local_engine.runtime.preview.commands import run_command
from local_engine.runtime.preview.errors import CommandFailedError, PreviewError
from local_engine.runtime.preview.service import Service

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has a fork that is safe after imports"
)

TELLING = """
import json, os, sys
print(json.dumps({
    "arguments": sys.argv[1:], "folder": os.getcwd(), "path": sys.path[:1], "name": __name__,
    "environment": dict(os.environ), "input": sys.stdin.read(),
    "session": os.getsid(0) == os.getpid(),
    "ours": sorted(name for name in sys.modules if name.startswith("local_engine")),
    "descriptors": sorted(int(n) for n in os.listdir("/proc/self/fd"))[:-1],
}))
print("warned", file=sys.stderr)
if "fail" in sys.argv:
    sys.exit(3)
if "raise" in sys.argv:
    raise RuntimeError("oh")
if "wait" in sys.argv:
    import time
    time.sleep(60)
"""
WINDING_UP = """
import atexit, sys, threading, time
from concurrent.futures import ThreadPoolExecutor

sys.stdout = open(1, "w", closefd=False)

def later(seconds, text):
    time.sleep(seconds)
    print(text)

threading.Thread(target=later, args=[0.1, "a thread"]).start()
ThreadPoolExecutor().submit(later, 0.2, "from a pool")
atexit.register(lambda: print("unflushed"))
atexit.register(lambda: print("at exit"))
"""
SERVING = """
import os, signal, subprocess, sys, time
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with ForkServer() as server:
        yield server.first


@pytest.fixture
def telling(tmp_path: Path) -> Path:
    return project(tmp_path, TELLING)


def project(folder: Path, code: str) -> Path:
    (folder / "app").mkdir()
    (folder / "app" / "__init__.py").touch()
    (folder / "app" / "__main__.py").write_text(code)
    return folder


def test_a_forked_command_is_what_a_started_one_is(forks: Forks, telling: Path) -> None:
    environment = {**python_environment(), "SECRET_KEY": "s"}

    def told(forks: Forks | None) -> dict[str, object]:
        said = run_command(telling, environment, "a", "b c", standard_input="ü", forks=forks)
        found: dict[str, object] = json.loads(said)
        return found

    forked, started = told(forks), told(None)
    assert forked.pop("session") is True
    started.pop("session")
    assert forked == started
    assert forked["ours"] == []


PREPARED = """
import os, sys
print("an import writes")
loaded_by, secret = os.getpid(), os.environ.get("SECRET")
if os.environ.get("HOME") == "/fails":
    raise RuntimeError("oh")
"""
ASKING = """
import os, app.main
print("itself" if app.main.loaded_by == os.getpid() else "before", app.main.secret)
"""


def prepared(folder: Path, main: str = PREPARED) -> tuple[Path, ForkServer]:
    """A project with a module that tells who imported it, and a server that was to do so."""
    project(folder, ASKING)
    (folder / "app" / "main.py").write_text(main)
    server = ForkServer()
    server.first.prepare(folder)
    return folder, server


def test_a_prepared_project_is_imported_once_as_long_as_it_sees_the_same(tmp_path: Path) -> None:
    folder, server = prepared(tmp_path)
    with server:

        def said(**settings: str) -> str:
            environment = {**python_environment(), **settings}
            return run_command(folder, environment, forks=server.second).splitlines()[-1]

        assert said() == said(OTHER="x") == "before None"
        assert said(SECRET="s") == "itself s"
        assert len(running_in(folder)) == 1
        (folder / "app" / "main.py").write_text("loaded_by = 0\nsecret = 'changed'\n")
        assert said() == "before None"
        server.first.prepare(folder)
        assert said() == "before changed"
    assert eventually(lambda: not running_in(folder), 2)


@pytest.mark.parametrize(
    "import_",
    [
        "raise RuntimeError",
        "import os; os._exit(3)",
        "import app.missing",
        "import sys; sys.exit(3)",
    ],
)
def test_a_project_that_cannot_be_prepared_is_forked_as_ever(tmp_path: Path, import_: str) -> None:
    once = f"import os\nif 'DATABASE_URL' not in os.environ:\n    {import_}\n{PREPARED}"
    folder, server = prepared(tmp_path, once)
    with server:
        environment = {**python_environment(), "DATABASE_URL": "x"}
        assert "itself" in run_command(folder, environment, forks=server.first)
        with pytest.raises(CommandFailedError):  # what is wrong is said where it is asked for
            run_command(tmp_path, python_environment(), forks=server.first)


def test_threads_that_an_import_starts_are_in_every_process(tmp_path: Path) -> None:
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=[0.5]).start()\n"
    folder, server = prepared(tmp_path, thread + PREPARED)
    with server:
        assert "itself" in run_command(folder, python_environment(), forks=server.first)


def test_exit_codes_and_tracebacks(forks: Forks, telling: Path) -> None:
    with pytest.raises(CommandFailedError, match="exit code 3") as failed:
        run_command(telling, python_environment(), "fail", forks=forks)
    assert "warned" in str(failed.value)
    with pytest.raises(CommandFailedError, match="RuntimeError: oh") as raised:
        run_command(telling, python_environment(), "raise", forks=forks)
    assert "fork_server" not in str(raised.value).partition("__main__.py")[2]


@pytest.mark.parametrize(("ending", "code"), [("", 0), ("sys.exit('oh')", 1), ("sys.exit(7)", 7)])
def test_a_command_ends_in_order(forks: Forks, tmp_path: Path, ending: str, code: int) -> None:
    folder = project(tmp_path, f"{WINDING_UP}{ending}\n")

    def done(forks: Forks | None) -> str:
        if code == 0:
            return run_command(folder, python_environment(), forks=forks)
        with pytest.raises(CommandFailedError, match=f"exit code {code}") as failed:
            run_command(folder, python_environment(), forks=forks)
        return str(failed.value)

    assert done(forks) == done(None)
    said = [line.strip() for line in done(forks).splitlines()]
    assert said[-4:] == ["a thread", "from a pool", "at exit", "unflushed"] or "oh" in said


def test_a_command_that_does_not_end_is_killed(forks: Forks, telling: Path) -> None:
    with pytest.raises(PreviewError, match="did not end within"):
        run_command(telling, python_environment(), "wait", timeout_seconds=0.5, forks=forks)
    assert eventually(lambda: not running_in(telling), 2)


def running_in(folder: Path) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["cwd"])
        if process.info["cwd"] == str(folder) and alive(process.pid)
    ]


@pytest.mark.parametrize("kill", [False, True])
def test_a_forked_service_ends_with_all_that_it_started(
    forks: Forks, tmp_path: Path, kill: bool
) -> None:
    lines: list[bytes] = []
    service = Service(
        project(tmp_path, SERVING),
        python_environment(),
        free_port(),
        on_output=lines.append,
        start=forks.fork_guard,
    )
    assert eventually(lambda: bool(lines), 5)
    pid, child = map(int, lines[0].split())
    assert pid == service.pid
    assert psutil.Process(pid).cwd() == str(tmp_path)
    assert service.stop(kill=kill) == 128 + (signal.SIGKILL if kill else signal.SIGTERM)
    assert not alive(pid)
    assert not alive(child)


@pytest.mark.parametrize("victim", ["asker", "guard"])
def test_a_forked_service_does_not_outlive_its_asker(tmp_path: Path, victim: str) -> None:
    folder = project(tmp_path, SERVING)
    code = f"""
import sys, time
from pathlib import Path
from local_engine.runtime.guarding.environment import python_environment
from local_engine.runtime.guarding.forking import ForkServer
from local_engine.runtime.preview.service import Service
server = ForkServer()
service = Service(Path({str(folder)!r}), python_environment(), 1, on_output=print,
                  start=server.first.fork_guard)
print(server._process.pid, service.guard_id.pid, service.pid, flush=True)
time.sleep(60)
"""
    with python(code) as asker:
        numbers = next(line for line in iter(lambda: line_of(asker), "") if "b'" not in line)
        server, guard, pid = map(int, numbers.split())
        os.kill(asker.pid if victim == "asker" else guard, signal.SIGKILL)
        assert eventually(lambda: not alive(pid), 3)
        if victim == "asker":
            assert eventually(lambda: not alive(guard) and not alive(server), 3)


def test_a_fork_server_that_has_ended_says_so(telling: Path) -> None:
    server = ForkServer()
    server._process.kill()
    server._process.wait()
    with pytest.raises(PreviewError, match="was ended from outside"):
        run_command(telling, python_environment(), forks=server.first)
    server.close()


def test_a_generated_project_finds_nearly_all_that_it_imports(tmp_path: Path) -> None:
    """A module that is missing in the list costs time only; many of them, all that it saves."""
    folder = make_project(tmp_path / "todo")
    environment = {**python_environment(), "DATABASE_URL": "postgresql://", "SECRET_KEY": "x" * 64}
    code = "import sys, app.main, app.core.server; print(*sys.modules, sep='\\n')"
    imported = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    code = f"import sys, {', '.join(PRELOADED)}; print(*sys.modules)"
    preloaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    own = [name for name in imported if name.partition(".")[0] == "app"]
    missing = set(imported) - set(own) - set(preloaded)
    assert len(missing) < len(imported) * 0.03, sorted(missing)


def test_a_forked_service_of_a_generated_project_answers(forks: Forks, tmp_path: Path) -> None:
    folder = make_project(tmp_path / "todo")
    lines: list[bytes] = []
    environment = {
        **python_environment(),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "SECRET_KEY": "x" * 64,
    }

    def health(start: object) -> int:
        port = free_port()
        service = Service(folder, environment, port, on_output=lines.append, start=start)  # type: ignore[arg-type]
        try:
            began = time.monotonic()
            while time.monotonic() < began + 20:
                try:
                    return httpx.get(f"http://127.0.0.1:{port}/health").status_code
                except httpx.TransportError:
                    time.sleep(0.02)
            return 0
        finally:
            service.stop()

    assert health(forks.fork_guard) == 200, lines

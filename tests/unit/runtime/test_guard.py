"""The guard ends its command on order, with its asker, and with everything the command started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from local_engine.runtime.guarding import guard
from local_engine.runtime.own_process import script_command

POPEN = subprocess.Popen
POLITE = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + POLITE
PARENT = f"""
import subprocess, sys
print(subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]).pid, flush=True)
{POLITE}
"""


@contextmanager
def guarded(code: str, afterwards: list[str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A guard with a Python program, whose first line of output was read."""
    process = subprocess.Popen(
        script_command(Path(guard.__file__)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    request = {
        "command": [sys.executable, "-c", code],
        "folder": "/",
        "environment": {"A": "b"},
        "afterwards": afterwards and {"command": afterwards, "environment": {"A": "c"}},
    }
    with process:
        tell(process, json.dumps(request))
        yield process
        process.kill()


def tell(process: subprocess.Popen[bytes], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line.encode() + b"\n")
    process.stdin.flush()


def first_line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline()


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False


def test_it_tells_the_process_id_and_the_exit_code() -> None:
    code = "import os, sys; print(os.getpid(), os.environ['A'], os.getcwd()); sys.exit(7)"
    with guarded(code) as process:
        assert process.stderr is not None
        pid = int(process.stderr.read())
        assert first_line(process).decode().split() == [str(pid), "b", "/"]
        assert process.wait(5) == 7


def test_stop_asks_first() -> None:
    code = "import signal, sys; signal.signal(15, lambda *_: sys.exit(3)); " + POLITE
    with guarded(code) as process:
        first_line(process)
        tell(process, "stop")
        assert process.wait(5) == 3


def test_sigterm_means_stop() -> None:
    with guarded(POLITE) as process:
        first_line(process)
        process.terminate()
        assert process.wait(5) == 128 + signal.SIGTERM


def test_stop_insists_when_asking_was_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    request = {"command": [sys.executable, "-c", STUBBORN], "folder": "/", "environment": {}}
    monkeypatch.setattr(subprocess, "Popen", partial(subprocess.Popen, stdout=subprocess.PIPE))
    stubborn = guard.Guard({**request, "afterwards": None})
    assert isinstance(stubborn.child, POPEN)
    assert stubborn.child.stdout is not None
    with stubborn.child.stdout as output:
        output.readline()
        began = time.monotonic()
        stubborn.stop(0.5)
        assert stubborn.wait() == 128 + signal.SIGKILL
    assert 0.5 <= time.monotonic() - began < 2


def test_kill_does_not_ask() -> None:
    with guarded(STUBBORN) as process:
        first_line(process)
        tell(process, "kill")
        assert process.wait(5) == 128 + signal.SIGKILL


@pytest.mark.parametrize("code", [POLITE, STUBBORN])
def test_it_ends_within_two_seconds_of_its_asker(code: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    afterwards = [sys.executable, "-c", f"open({str(trace)!r}, 'w').close()"]
    with guarded(code, afterwards) as process:
        first_line(process)
        assert process.stderr is not None
        pid = int(process.stderr.read())
        assert process.stdin is not None
        process.stdin.close()  # what the system does when the asker dies
        assert gone_within(pid, 2.0)
        assert process.wait(1) == 128 + (signal.SIGTERM if code is POLITE else signal.SIGKILL)
    deadline = time.monotonic() + 5
    while not trace.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_the_command_started_ends_with_it() -> None:
    with guarded(PARENT) as process:
        grandchild = int(first_line(process))
        assert not gone_within(grandchild, 0.2)
        tell(process, "stop")
        process.wait(5)
        assert gone_within(grandchild, 2.0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_the_command_does_not_outlive_a_killed_guard() -> None:
    with guarded(STUBBORN) as process:
        first_line(process)
        assert process.stderr is not None
        pid = int(process.stderr.read())
        os.kill(process.pid, signal.SIGKILL)
        assert gone_within(pid, 2.0)

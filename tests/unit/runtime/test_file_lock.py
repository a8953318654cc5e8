"""The lock holds between threads and processes, and does not outlive its holder."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local_engine.runtime.file_lock import LockTimeoutError, file_lock
from local_engine.runtime.own_process import own_environment

HOLD = """
import sys, time
from pathlib import Path
from local_engine.runtime.file_lock import file_lock
with file_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_thread_at_a_time(tmp_path: Path) -> None:
    inside: list[int] = []
    most = 0

    def work() -> None:
        nonlocal most
        for _ in range(20):
            with file_lock(tmp_path / "lock"):
                inside.append(1)
                most = max(most, len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_process_keeps_others_out_until_it_is_killed(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, env=own_environment()
    )
    assert holder.stdout is not None
    with holder, holder.stdout:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockTimeoutError, match="lock"), file_lock(lock, timeout_seconds=0.05):
            pass
        holder.kill()
        holder.wait()
    with file_lock(lock, timeout_seconds=5):
        pass

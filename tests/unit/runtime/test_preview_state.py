"""What is written down about previews."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local_engine.runtime.preview.processes import ProcessId
from local_engine.runtime.preview.state import PreviewFolder, PreviewState


def test_a_state_survives_being_written_down(tmp_path: Path) -> None:
    me = ProcessId.of(os.getpid())
    state = PreviewState("a_1", "/a", "running", True, me, 1.5, me, 7, 8, "http://x", "a_1", "/l")
    folder = PreviewFolder(tmp_path)
    folder.write_state(state)
    assert folder.read_state() == state
    folder.forget_state()
    assert folder.read_state() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"owner": {}}', '{"owner": 1, "guard": null}'])
def test_a_damaged_state_counts_as_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(text)
    assert PreviewFolder(tmp_path).read_state() is None


def test_a_process_with_the_same_number_is_another_one() -> None:
    me = ProcessId.of(os.getpid())
    assert me.find() == psutil.Process()
    assert ProcessId(me.pid, me.create_time - 1).find() is None


def test_setting_the_clock_makes_nobody_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    me = ProcessId.of(os.getpid())
    if sys.platform != "linux":
        pytest.skip("elsewhere the system itself remembers when a process began")
    monkeypatch.setattr(psutil.Process, "create_time", lambda _: 0.0)
    assert me.find() is not None


def test_a_process_that_has_ended_is_not_found() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        known = ProcessId.of(process.pid)
        assert known.find() is not None
        process.kill()
        while known.find() is not None:  # dead, but not reaped yet
            pass
    assert known.find() is None

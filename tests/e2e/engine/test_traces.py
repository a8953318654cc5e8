"""What an engine writes down about itself: its log, and the report of a crash."""

from __future__ import annotations

import signal
import stat
from pathlib import Path

from engine_process import gone_within, launch, ready_line, running_engine

from local_engine.api.process.logs import FILES, LIMIT_BYTES


def test_a_full_log_is_set_aside_and_few_are_kept(home: Path) -> None:
    logs = home / "logs"
    logs.mkdir(mode=0o700)
    for number in range(1, FILES):
        (logs / f"engine.log.{number}").write_text(f"old {number}\n")
    (logs / "engine.log").write_text("x" * (LIMIT_BYTES - 10) + "\n")
    with running_engine(home) as engine:
        engine.stop()
    found = {path.name: path.read_text("utf-8") for path in logs.iterdir()}
    assert set(found) == {"engine.log", *(f"engine.log.{number}" for number in range(1, FILES))}
    assert "stopping: standard input ended" in found["engine.log"]
    assert found["engine.log.1"].startswith("xxx")
    assert found["engine.log.2"] == "old 1\n"
    assert stat.S_IMODE((logs / "engine.log").stat().st_mode) == 0o600


def test_a_fault_of_the_interpreter_is_written_down(home: Path) -> None:
    process = launch(home)
    ready_line(process)
    process.send_signal(signal.SIGSEGV)
    assert gone_within(process, 5.0) is not None
    report = (home / "crashes" / "fatal.txt").read_text("utf-8")
    assert "Segmentation fault" in report
    assert "serving.py" in report

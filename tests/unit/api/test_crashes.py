"""Crash reports: what is in them, what is not, and how many are kept."""

from __future__ import annotations

import logging
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_engine.api.process import crashes
from local_engine.api.process.crashes import CrashReports
from local_engine.api.process.logs import RecentLines


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[CrashReports]:
    recent = RecentLines()
    recent.emit(logging.makeLogRecord({"msg": "the last thing that happened"}))
    made = CrashReports(tmp_path, recent)
    yield made
    made.close()


def test_a_report_says_where_and_what(
    reports: CrashReports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_KEY", "not-for-reports")
    path = reports.write("GET /x", ValueError("broken"))
    text = path.read_text("utf-8")
    assert "in GET /x" in text
    assert "ValueError: broken" in text
    assert "the last thing that happened" in text
    assert "not-for-reports" not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_newest_are_kept(reports: CrashReports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crashes, "KEPT", 3)
    written = [reports.write("x", ValueError(str(number))) for number in range(5)]
    assert sorted(reports.folder.glob("crash-*.txt")) == written[2:]


def test_a_thread_that_dies_is_reported(
    reports: CrashReports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", reports.on_thread)
    thread = threading.Thread(target=lambda: 1 / 0, name="a worker")
    thread.start()
    thread.join()
    (report,) = reports.folder.glob("crash-*.txt")
    assert "in the thread a worker" in report.read_text("utf-8")

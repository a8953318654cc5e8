"""The files of snapshots: which is the newest, and which go when there are too many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local_engine.runtime.snapshots import files as module
from local_engine.runtime.snapshots.files import Snapshot, SnapshotFiles

NOW = datetime(2026, 3, 1, tzinfo=UTC)
JUMPS = (0, 400, -400, -399, 0, 1)
"""What the clock shows, in days from now, when one snapshot after the other is made."""


def make(files: SnapshotFiles, at: datetime) -> str:
    def described(id_: str, size: int, checksum: str) -> Snapshot:
        return Snapshot(id_, at, "asked", size, checksum, "owner", (), {})

    return files.write(lambda _file: None, described).id


def test_a_clock_that_jumps_does_not_change_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = SnapshotFiles(tmp_path)
    made = [make(files, NOW + timedelta(days=days)) for days in JUMPS]
    assert [one.id for one in files.all()] == made[::-1]
    monkeypatch.setattr(module, "KEPT_COUNT", 3)
    removed = files.make_room({made[0]})
    assert [one.id for one in removed] == made[1:4]

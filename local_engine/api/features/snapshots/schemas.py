"""What is sent about snapshots of a project's data."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel


class SnapshotFacts(BaseModel):
    """Data that is kept. `rows` are counted by table; `version` is the one it belongs to.

    It was made because somebody asked, before a migration, or before other data replaced it.
    """

    id: str
    made_at: datetime
    reason: Literal["asked", "migration", "replaced"]
    version: str | None
    bytes: int
    rows: dict[str, int]


class SnapshotList(BaseModel):
    """All that is kept, the newest first."""

    snapshots: list[SnapshotFacts]

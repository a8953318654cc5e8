"""Rows about Blueprint versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from local_engine.contracts.projects import BlueprintVersion


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version without its text."""

    id: UUID
    digest: bytes
    parent: bytes | None
    title: str
    origin: dict[str, Any]
    mine: bool
    created_at: datetime

    def shown(self) -> BlueprintVersion:
        """As it goes over the wire."""
        return BlueprintVersion(
            id=self.id,
            digest=self.digest.hex(),
            parent=self.parent.hex() if self.parent is not None else None,
            title=self.title,
            origin=self.origin,
            mine=self.mine,
            created_at=self.created_at,
        )

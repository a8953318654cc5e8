"""Rows about projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from local_engine.contracts.projects import Project, Role

RANKS: dict[Role, int] = {"viewer": 1, "editor": 2, "owner": 3}


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as one account sees it."""

    id: UUID
    name: str
    role: Role
    created_at: datetime
    updated_at: datetime
    latest: bytes | None

    def shown(self) -> Project:
        """As it goes over the wire."""
        return Project(
            id=self.id,
            name=self.name,
            role=self.role,
            created_at=self.created_at,
            updated_at=self.updated_at,
            latest=self.latest.hex() if self.latest is not None else None,
        )

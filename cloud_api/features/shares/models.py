"""Rows about shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from local_engine.contracts.projects import GivenRole, Share


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share of a project."""

    id: UUID
    role: GivenRole
    email: str | None
    created_at: datetime
    expires_at: datetime | None
    accepted: int

    def shown(self) -> Share:
        """As it goes over the wire."""
        return Share.model_validate(self, from_attributes=True)

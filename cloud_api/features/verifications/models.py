"""Rows about verification results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from local_engine.contracts.projects import Verification


@dataclass(frozen=True, slots=True)
class VerificationRow:
    """A kept result."""

    id: UUID
    digest: bytes
    commit: str
    seed: int
    passed: int
    failed: int
    inconclusive: int
    seconds: float
    verified_at: datetime
    created_at: datetime
    not_passed: list[dict[str, Any]]

    def shown(self) -> Verification:
        """As it goes over the wire."""
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Verification(**{**facts, "digest": self.digest.hex()})

"""Rows about accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    """What a mailed code is good for."""

    VERIFY = "verify"
    RESET = "reset"

    @property
    def life(self) -> timedelta:
        """How long the code is good."""
        return timedelta(days=3) if self is Purpose.VERIFY else timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is needed to decide whether somebody may sign in."""

    id: UUID
    email: str
    password_hash: str
    verified: bool

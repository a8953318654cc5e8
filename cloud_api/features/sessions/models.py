"""Rows about sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from local_engine.contracts.accounts import Device


@dataclass(frozen=True, slots=True)
class Opened:
    """A session with the refresh token that continues it."""

    id: UUID
    user: UUID
    refresh_token: str


class Refusal(Enum):
    """Why a refresh token is not taken."""

    UNKNOWN = auto()
    EXPIRED = auto()
    REUSED = auto()


@dataclass(frozen=True, slots=True)
class Refused:
    """A refresh token that is not taken, and the account whose session has ended by it."""

    reason: Refusal
    user: UUID | None = None
    session: UUID | None = None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device that is signed in."""

    id: UUID
    device: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime

    def shown(self, current: UUID) -> Device:
        """What its owner sees of it; `current` is the session that asks."""
        return Device(
            id=self.id,
            name=self.device,
            address=self.address,
            signed_in_at=self.created_at,
            last_used_at=self.last_used_at,
            expires_at=self.expires_at,
            current=self.id == current,
        )

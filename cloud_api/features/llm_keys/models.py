"""Rows about keys of providers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cloud_api.security.vault import Place, Sealed
from local_engine.contracts.llm_keys import LlmKey, Provider


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A stored key: where it belongs, and what is sealed."""

    id: UUID
    user_id: UUID
    provider: Provider
    version: int
    kek_id: str
    wrapped_key: bytes
    ciphertext: bytes

    @property
    def place(self) -> Place:
        """Where it can be opened."""
        return Place(self.user_id, self.provider, self.id)

    @property
    def sealed(self) -> Sealed:
        """What can be opened there."""
        return Sealed(self.version, self.kek_id, self.wrapped_key, self.ciphertext)


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What its owner sees of a stored key."""

    provider: Provider
    last_four: str
    stored_at: datetime
    tested_at: datetime | None
    works: bool | None

    def shown(self) -> LlmKey:
        """As it goes over the wire."""
        return LlmKey.model_validate(self, from_attributes=True)

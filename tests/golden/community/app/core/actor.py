"""Who asks: the signed-in user with its roles, or nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in user, or nobody (`id` is None).

    `parameters` are what access conditions in SQL refer to: `%(actor)s` is the user's id or null,
    `%(roles)s` the list of roles. `session` is the sign-in that the access token came from.
    """

    id: UUID | None
    roles: frozenset[str]
    parameters: dict[str, Any] = field(repr=False, compare=False)
    session: UUID | None = None

    @classmethod
    def of(
        cls,
        user: UUID | None,
        roles: frozenset[str] = frozenset(),
        session: UUID | None = None,
    ) -> Actor:
        """The actor with this id and these roles."""
        return cls(user, roles, {"actor": user, "roles": sorted(roles)}, session)

    def has_role(self, *roles: str) -> bool:
        """Whether the actor has at least one of these roles."""
        return not self.roles.isdisjoint(roles)


ANONYMOUS = Actor.of(None)

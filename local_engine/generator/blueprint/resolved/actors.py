"""Who may do something: the parsed form of access clauses (docs/blueprint.md, "Access")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions import Expression


@dataclass(frozen=True)
class Public:
    """Anyone, signed in or not."""


@dataclass(frozen=True)
class Authenticated:
    """Anyone who is signed in."""


@dataclass(frozen=True)
class HasRole:
    """A signed-in user with this role of the whole system (`admin` always exists)."""

    role: str


@dataclass(frozen=True)
class UserAt:
    """The user that a to-one path from the row leads to: `owner`, `community.owner`, `assignee`.

    `path` is spelled out in relation names and ends at User: ("author",), ("post", "author").
    For rows of User itself the path is empty: the user is the row.
    """

    path: tuple[str, ...]
    written: str


@dataclass(frozen=True)
class Member:
    """A member of the row's place or tenant; with `role` None any member.

    `path` leads from the row to the place (empty: the row is the place itself). The place's
    owner is a member with every role.
    """

    path: tuple[str, ...]
    place: str
    role: str | None


Actor = Public | Authenticated | HasRole | UserAt | Member


@dataclass(frozen=True)
class Clause:
    """One actor, admitted only for rows where `condition` holds (None: always)."""

    actor: Actor
    condition: Expression | None = None
    written: str = ""

    @property
    def row_level(self) -> bool:
        """Whether the clause can be decided only with a row at hand."""
        return isinstance(self.actor, UserAt | Member) or self.condition is not None


@dataclass(frozen=True)
class Access:
    """Admits whoever any of its clauses admits; no clause: nobody."""

    clauses: tuple[Clause, ...] = ()

    @property
    def nobody(self) -> bool:
        """Whether the action does not exist at all (405)."""
        return not self.clauses

    @property
    def admits_anonymous(self) -> bool:
        """Whether an anonymous request can pass for some row; otherwise it is answered 401."""
        return any(isinstance(clause.actor, Public) for clause in self.clauses)

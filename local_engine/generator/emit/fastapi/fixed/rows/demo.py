"""Demo data: its people, its rows, and what moves them on."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..accounts.profile import Profile
from ..accounts.users import Users
from ..core.actor import Actor
from ..core.body import Input
from ..core.db import Connection, fetch_one

_NO_PASSWORD = "!"  # noqa: S105 - no password has this for its hash
_FIND = "SELECT 1 FROM users WHERE email = %(email)s"


@dataclass(frozen=True)
class Ref:
    """A row of the demo: the number of its kind, counted from 0."""

    kind: str
    number: int = 0


@dataclass(frozen=True)
class UserRef:
    """One of the demo's people."""

    name: str


@dataclass(frozen=True)
class Kind:
    """How rows of a kind are made: by the repository's function, from a body of this schema."""

    create: Callable[..., Awaitable[Any]]
    schema: type[Input]


@dataclass(frozen=True)
class Row:
    """A row of the demo. `above` are the rows that its path names."""

    kind: str
    by: str
    body: Mapping[str, Any]
    above: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class Transition:
    """The three steps of a transition, as the entity's module has them."""

    lock: Callable[..., Awaitable[tuple[int, str]]]
    prepare: Callable[..., Awaitable[dict[str, Any]]]
    carry_out: Callable[[Connection, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Move:
    """Somebody moves a row on."""

    by: str
    row: Ref
    transition: Transition


class Demo:
    """Fills a database. `people` have roles and own fields, by name."""

    def __init__(
        self,
        people: Mapping[str, Mapping[str, Any]],
        kinds: Mapping[str, Kind],
        rows: Iterable[Row],
        moves: Iterable[Move] = (),
    ) -> None:
        self._people = people
        self._kinds = kinds
        self._rows = rows
        self._moves = moves

    async def fill(self, connection: Connection, profile: Profile) -> None:
        """Make the people and their rows; nothing where the people are there already.

        Nobody can sign in to these accounts before they get a password: `python -m app users`
        sets one, for `<name>@example.com`.
        """
        actors = await self._accounts(connection, profile)
        if actors is None:
            return
        ids: dict[str, list[UUID]] = {kind: [] for kind in self._kinds}
        above: dict[Ref, tuple[UUID, ...]] = {}
        for row in self._rows:
            keys = tuple(ids[ref.kind][ref.number] for ref in row.above)
            body = {key: _sent(value, ids, actors) for key, value in row.body.items()}
            kind = self._kinds[row.kind]
            new = kind.schema.model_validate(body)
            created = await kind.create(connection, actors[row.by], *keys, new)
            above[Ref(row.kind, len(ids[row.kind]))] = keys
            ids[row.kind].append(created[0])
        for move in self._moves:
            actor = actors[move.by]
            keys = (*above[move.row], ids[move.row.kind][move.row.number])
            _, state = await move.transition.lock(connection, actor, *keys)
            names = await move.transition.prepare(connection, actor, *keys, state)
            await move.transition.carry_out(connection, names)

    async def _accounts(self, connection: Connection, profile: Profile) -> dict[str, Actor] | None:
        """The accounts by name; None if one of them is there already."""
        users = Users(profile)
        found: dict[str, Actor] = {}
        for name, about in self._people.items():
            email = f"{name}@example.com"
            if await fetch_one(connection, _FIND, {"email": email}) is not None:
                return None
            roles = about["roles"]
            own = {field: value for field, value in about.items() if field != "roles"}
            password = secrets.token_urlsafe(32)
            given = {"email": email, "password": password, **own}
            values = profile.registration.model_validate(given).values(profile.columns)
            user = await users.create(connection, email, _NO_PASSWORD, roles, values)
            found[name] = Actor.of(user, frozenset(roles))
        return found


def _sent(value: Any, ids: Mapping[str, list[UUID]], actors: Mapping[str, Actor]) -> Any:
    """A value of a body, with the id in place of what stands for it."""
    match value:
        case Ref(kind, number):
            return str(ids[kind][number])
        case UserRef(name):
            return str(actors[name].id)
    return value

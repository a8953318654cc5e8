"""What checks need of the world around them: actors, and rows made by them through the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local_engine.verification.actors import Actor
from local_engine.verification.checks import SetUpFailed


class CannotMake(SetUpFailed):
    """No route of the Blueprint lets anybody make such a row."""


@dataclass(frozen=True)
class Draft:
    """All that is needed to make a row: `actor` may POST `body` to `path`.

    The rows that `path` and `body` refer to exist.
    """

    entity: str
    path: str
    body: dict[str, Any]
    actor: Actor


@dataclass(frozen=True)
class Created:
    """A row that exists: `body` is as it was answered to `owner`, who made it and may read it."""

    entity: str
    id: str
    path: str
    body: Mapping[str, Any]
    etag: str
    owner: Actor


class World(Protocol):
    """Actors and rows of one application. Methods raise SetUpFailed if the service refuses."""

    def actor(self, kind: str) -> Actor:
        """The actor of this kind.

        Kinds: `anonymous`; `user` and `other`, two signed-in users with the default role and
        nothing else; `admin` and every other role of the Blueprint, a user with that role only;
        `<role>:2`, another one.
        """

    def draft(self, entity: str, **values: Any) -> Draft:
        """Make everything that a new row of `entity` needs, but not the row itself.

        `values` replace what would be chosen: fields by name, relations by name (an id or a
        Created), with `actor=` the one who is to send it. Unique values are fresh on each call.
        A draft of `User` is a registration (with an invitation, where one is needed).
        Raises CannotMake when no actor may create such rows by a plain POST.
        """

    def body_for(self, entity: str, parents: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A valid body for a new row; `parents` gives ids of rows to refer to, by relation."""

    def create(self, entity: str, **values: Any) -> Created:
        """Make a row of `entity` (and all that it needs) by whoever may; values as for `draft`.

        Where a plain POST does not exist, an operation that returns such a row is used.
        """

    def path_of(self, entity: str, row: Created | None = None) -> str:
        """The path of a row; without a row the path of a collection that has its parents."""

    def who_can(self, entity: str, action: str, row: Created | None = None) -> Actor | None:
        """An actor that may do `action` (to `row`, where it needs one); None if there is none."""

    def forget(self) -> None:
        """The database was reset: rows made so far are gone, actors are still there."""

"""Who may do what: actors as they are written, and the five actions of an entity."""

from __future__ import annotations

from typing import Any

from pydantic import Field as Key

from local_engine.generator.blueprint.model.node import Node
from local_engine.generator.blueprint.model.scalars import Listed

Actors = Listed
"""One actor or a list of actors: `public`, a role, `owner`, `member:editor`, `post.author` ..."""


def plain_listed(value: Any) -> Any:
    """A list of one string is written as that string."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


class Access(Node):
    """Who may perform which action; an action that is missing is nobody's."""

    list: Actors | None = Key(
        default=None, description="Who may list rows (each sees the rows that it may read)."
    )
    read: Actors | None = Key(default=None, description="Who may read a row.")
    create: Actors | None = Key(default=None, description="Who may create a row.")
    update: Actors | None = Key(default=None, description="Who may change a row.")
    delete: Actors | None = Key(default=None, description="Who may delete a row.")

    def plain(self) -> Any:
        """Actions in fixed order; a single actor without brackets."""
        return {action: plain_listed(actors) for action, actors in self._plain_items()}

"""Edits of who may do what with the rows of an entity."""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Key

from local_engine.generator.blueprint.editing.edit import BaseEdit
from local_engine.generator.blueprint.editing.sheet import Sheet
from local_engine.generator.blueprint.model import Actors
from local_engine.generator.blueprint.model.access import plain_listed


class SetAccess(BaseEdit):
    """Says who may perform an action."""

    edit: Literal["set_access"] = "set_access"
    entity: str = Key(description="The entity.")
    action: Literal["list", "read", "create", "update", "delete"] = Key(description="The action.")
    actors: Actors | None = Key(description="Who may; null: nothing is said (any more).")

    def apply(self, sheet: Sheet) -> None:
        """Sets it."""
        sheet.entity(self.entity)
        actors = plain_listed(self.actors) if self.actors else None
        sheet.put(("entities", self.entity, "access", self.action), actors)

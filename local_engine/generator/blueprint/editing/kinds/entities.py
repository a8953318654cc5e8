"""Edits of whole entities, and of what each says about itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field as Key

from local_engine.generator.blueprint.editing.edit import BaseEdit, Refusal
from local_engine.generator.blueprint.editing.options import checked, merged, options_schema
from local_engine.generator.blueprint.editing.references import Part
from local_engine.generator.blueprint.editing.renaming import note_origin, origin, rename_part
from local_engine.generator.blueprint.editing.sheet import Sheet
from local_engine.generator.blueprint.model import Entity, EntityEffect, Members

_OPTIONS = (
    "description", "plural", "shared", "append_only", "guarded", "upsert", "sort", "limits",
)  # fmt: skip


class AddEntity(BaseEdit):
    """Adds an entity."""

    edit: Literal["add_entity"] = "add_entity"
    entity: str = Key(description="Its name, in PascalCase.")
    definition: Entity = Key(description="All that is said about it.")
    after: str | None = Key(default=None, description="The entity that it follows; the last.")

    def apply(self, sheet: Sheet) -> None:
        """Adds it."""
        path = ("entities", self.entity)
        plain = self.definition.plain()
        sheet.add(path, plain, after=self.after, key="entity", what="entity")


class RemoveEntity(BaseEdit):
    """Removes an entity, and the to-many relations and links of others that lead to it."""

    edit: Literal["remove_entity"] = "remove_entity"
    entity: str = Key(description="Its name.")

    def apply(self, sheet: Sheet) -> None:
        """Removes it. To-one relations of others that lead to it are told by the final check."""
        sheet.entity(self.entity)
        sheet.remove(("entities", self.entity))
        for other, data in sheet.data["entities"].items():
            for name, relation in list(data.get("relations", {}).items()):
                if self.entity in (relation.get("many"), relation.get("links")):
                    sheet.remove(("entities", other, "relations", name))


class RenameEntity(BaseEdit):
    """Renames an entity wherever it is named; its rows stay."""

    edit: Literal["rename_entity"] = "rename_entity"
    entity: str = Key(description="Its name now.")
    to: str = Key(description="Its new name, in PascalCase.")

    def apply(self, sheet: Sheet) -> None:
        """Renames it and notes what it was."""
        if self.entity == "User":
            raise Refusal("entity", "user-entity", "User is built in and keeps its name.")
        data = sheet.entity(self.entity)
        if self.to in sheet.data["entities"]:
            raise Refusal("to", "name-clash", f"There is an entity `{self.to}` already.")
        came_from = origin(self.entity, data.get("was"), sheet.base.entities)
        path = ("entities", self.entity)
        rename_part(
            sheet, Part("entity", self.entity), self.to, lambda: sheet.rename(path, self.to)
        )
        note_origin(sheet, ("entities", self.to), self.to, came_from)


class ChangeEntity(BaseEdit):
    """Changes options of an entity, one by one."""

    edit: Literal["change_entity"] = "change_entity"
    entity: str = Key(description="Its name.")
    set: Annotated[dict[str, Any], checked(_OPTIONS), options_schema(_OPTIONS, Entity)] = Key(
        description="The options with their new values; null takes one away."
    )

    def apply(self, sheet: Sheet) -> None:
        """Sets them."""
        present = sheet.entity(self.entity)
        sheet.put(("entities", self.entity), merged(present, self.set, Entity, "set"))


class SetOwner(BaseEdit):
    """Says whose a row is."""

    edit: Literal["set_owner"] = "set_owner"
    entity: str = Key(description="The entity.")
    owner: str | None = Key(description="A to-one relation to User; null for nobody's.")

    def apply(self, sheet: Sheet) -> None:
        """Sets it."""
        sheet.entity(self.entity)
        sheet.put(("entities", self.entity, "owner"), self.owner)


class SetPartOf(BaseEdit):
    """Says with which row a row lives and dies."""

    edit: Literal["set_part_of"] = "set_part_of"
    entity: str = Key(description="The entity.")
    part_of: str | None = Key(description="A to-one relation; null for a row of its own.")

    def apply(self, sheet: Sheet) -> None:
        """Sets it."""
        sheet.entity(self.entity)
        sheet.put(("entities", self.entity, "part_of"), self.part_of)


class SetPlace(BaseEdit):
    """Says to which place with members a row belongs."""

    edit: Literal["set_place"] = "set_place"
    entity: str = Key(description="The entity.")
    place: str | None = Key(description="A path to an entity with members; null for none.")

    def apply(self, sheet: Sheet) -> None:
        """Sets it."""
        sheet.entity(self.entity)
        sheet.put(("entities", self.entity, "place"), self.place)


class SetMembers(BaseEdit):
    """Makes an entity a place with members, or (with null) no longer."""

    edit: Literal["set_members"] = "set_members"
    entity: str = Key(description="The entity.")
    members: Members | None = Key(description="Who is a member; null for nobody.")

    def apply(self, sheet: Sheet) -> None:
        """Sets it."""
        sheet.entity(self.entity)
        value = self.members.plain() if self.members is not None else None
        sheet.put(("entities", self.entity, "members"), value)


class AddEffect(BaseEdit):
    """Adds what follows a write of the entity's rows."""

    edit: Literal["add_effect"] = "add_effect"
    entity: str = Key(description="The entity.")
    effect: EntityEffect = Key(description="The event and what follows.")

    def apply(self, sheet: Sheet) -> None:
        """Adds it as the last one."""
        sheet.entity(self.entity)
        sheet.append(("entities", self.entity, "effects"), self.effect.plain())


class RemoveEffect(BaseEdit):
    """Removes one of the effects of an entity."""

    edit: Literal["remove_effect"] = "remove_effect"
    entity: str = Key(description="The entity.")
    effect: int = Key(description="Which one, counted from 0.")

    def apply(self, sheet: Sheet) -> None:
        """Removes it."""
        count = len(sheet.entity(self.entity).get("effects", ()))
        if not 0 <= self.effect < count:
            message = f"{self.entity} has {count} effects, counted from 0."
            raise Refusal("effect", "unknown-effect", message)
        sheet.remove(("entities", self.entity, "effects", self.effect))

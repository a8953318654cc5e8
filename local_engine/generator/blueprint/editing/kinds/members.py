"""Edits of the fields and relations of entities."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field as Key

from local_engine.generator.blueprint.editing.edit import (
    BaseEdit,
    Refusal,
    refuse_taken,
    refuse_unknown,
)
from local_engine.generator.blueprint.editing.options import (
    checked,
    merged,
    option_keys,
    options_schema,
)
from local_engine.generator.blueprint.editing.references import Part
from local_engine.generator.blueprint.editing.renaming import note_origin, origin, rename_part
from local_engine.generator.blueprint.editing.sheet import Sheet
from local_engine.generator.blueprint.model import (
    Actors,
    Entity,
    Field,
    Links,
    Relation,
    ToMany,
    ToOne,
)
from local_engine.generator.blueprint.model.access import plain_listed
from local_engine.generator.blueprint.problems import Path

_FIELD = option_keys(Field)
_RELATION = option_keys(ToOne, ToMany, Links)
_KINDS: dict[str, type[ToOne | ToMany | Links]] = {"to": ToOne, "many": ToMany, "links": Links}


class AddField(BaseEdit):
    """Adds a field."""

    edit: Literal["add_field"] = "add_field"
    entity: str = Key(description="The entity.")
    field: str = Key(description="Its name.")
    definition: Field = Key(description="Its type and options; or the type alone.")
    after: str | None = Key(default=None, description="The field that it follows; the last.")

    def apply(self, sheet: Sheet) -> None:
        """Adds it."""
        _require_free(sheet, self.entity, self.field, "field")
        path = ("entities", self.entity, "fields", self.field)
        sheet.put(path, self.definition.plain(), after=self.after)


class RemoveField(BaseEdit):
    """Removes a field that nothing names any more."""

    edit: Literal["remove_field"] = "remove_field"
    entity: str = Key(description="The entity.")
    field: str = Key(description="Its name.")

    def apply(self, sheet: Sheet) -> None:
        """Removes it; where it is still named, the Blueprint's own check says so."""
        sheet.remove(_member(sheet, self.entity, "fields", self.field, "field"))


class RenameField(BaseEdit):
    """Renames a field (or the field of the states) wherever it is named; its values stay."""

    edit: Literal["rename_field"] = "rename_field"
    entity: str = Key(description="The entity.")
    field: str = Key(description="Its name now.")
    to: str = Key(description="Its new name.")

    def apply(self, sheet: Sheet) -> None:
        """Renames it and notes what it was."""
        states = sheet.entity(self.entity).get("states")
        if states is not None and self.field == states.get("field", "status"):
            _require_free(sheet, self.entity, self.to, "to")
            path: Path = ("entities", self.entity, "states", "field")
            part = Part("member", self.field, self.entity)
            rename_part(sheet, part, self.to, lambda: sheet.put(path, self.to))
            return
        _rename(sheet, self.entity, "fields", self.field, self.to)


class ChangeField(BaseEdit):
    """Changes the type or other options of a field, one by one."""

    edit: Literal["change_field"] = "change_field"
    entity: str = Key(description="The entity.")
    field: str = Key(description="The field.")
    set: Annotated[dict[str, Any], checked(_FIELD), options_schema(_FIELD, Field)] = Key(
        description="The options with their new values; null takes one away."
    )

    def apply(self, sheet: Sheet) -> None:
        """Sets them."""
        path = _member(sheet, self.entity, "fields", self.field, "field")
        sheet.put(path, merged(sheet.at(path), self.set, Field, "set"))


class AddRelation(BaseEdit):
    """Adds a relation, and with `inverse` the to-many relation that leads back."""

    edit: Literal["add_relation"] = "add_relation"
    entity: str = Key(description="The entity.")
    relation: str = Key(description="Its name.")
    definition: Relation = Key(description="Where it leads, and its options.")
    inverse: str | None = Key(
        default=None, description="The name of the rows of this entity, at the other one."
    )
    after: str | None = Key(default=None, description="The relation that it follows; the last.")

    def apply(self, sheet: Sheet) -> None:
        """Adds one or both."""
        _require_free(sheet, self.entity, self.relation, "relation")
        path = ("entities", self.entity, "relations", self.relation)
        sheet.put(path, self.definition.plain(), after=self.after)
        if self.inverse is None:
            return
        if not isinstance(self.definition, ToOne):
            raise Refusal("inverse", "does-not-fit", "Only a relation with `to` has an inverse.")
        target = self.definition.to
        if target not in sheet.data["entities"]:
            refuse_unknown("definition.to", "entity", target, sheet.data["entities"])
        _require_free(sheet, target, self.inverse, "inverse")
        sheet.put(("entities", target, "relations", self.inverse), {"many": self.entity})


class RemoveRelation(BaseEdit):
    """Removes a relation, and the to-many relation that leads back along it."""

    edit: Literal["remove_relation"] = "remove_relation"
    entity: str = Key(description="The entity.")
    relation: str = Key(description="Its name.")

    def apply(self, sheet: Sheet) -> None:
        """Removes it; where it is still named, the Blueprint's own check says so."""
        path = _member(sheet, self.entity, "relations", self.relation, "relation")
        target = sheet.at(path).get("to")
        inverse = self._inverse(sheet, target) if target is not None else None
        sheet.remove(path)
        if inverse is not None:
            sheet.remove(("entities", target, "relations", inverse))

    def _inverse(self, sheet: Sheet, target: str) -> str | None:
        mine = sheet.entity(self.entity)["relations"]
        leading = [name for name, relation in mine.items() if relation.get("to") == target]
        others = sheet.at(("entities", target, "relations")) or {}
        for name, relation in others.items():
            if relation.get("many") == self.entity:
                by = relation.get("by") or (leading[0] if len(leading) == 1 else None)
                if by == self.relation:
                    return str(name)
        return None


class RenameRelation(BaseEdit):
    """Renames a relation wherever it is named; its values stay."""

    edit: Literal["rename_relation"] = "rename_relation"
    entity: str = Key(description="The entity.")
    relation: str = Key(description="Its name now.")
    to: str = Key(description="Its new name.")

    def apply(self, sheet: Sheet) -> None:
        """Renames it and notes what it was."""
        _rename(sheet, self.entity, "relations", self.relation, self.to)


class ChangeRelation(BaseEdit):
    """Changes options of a relation, one by one."""

    edit: Literal["change_relation"] = "change_relation"
    entity: str = Key(description="The entity.")
    relation: str = Key(description="The relation.")
    set: Annotated[
        dict[str, Any], checked(_RELATION), options_schema(_RELATION, ToOne, ToMany, Links)
    ] = Key(description="The options with their new values; null takes one away.")

    def apply(self, sheet: Sheet) -> None:
        """Sets them."""
        path = _member(sheet, self.entity, "relations", self.relation, "relation")
        present = sheet.at(path)
        kind = next(model for key, model in _KINDS.items() if key in present)
        sheet.put(path, merged(present, self.set, kind, "set"))


class SetFieldAccess(BaseEdit):
    """Says who sees and who may send a field or to-one relation; what is left out stays."""

    edit: Literal["set_field_access"] = "set_field_access"
    entity: str = Key(description="The entity.")
    field: str = Key(description="The field or to-one relation.")
    visible_to: Actors | None = Key(
        default=None, description="Only they see it; an empty list for everybody who may read."
    )
    editable_by: Actors | None = Key(
        default=None, description="Only they may send it; an empty list for everybody who may."
    )

    def apply(self, sheet: Sheet) -> None:
        """Sets what is given."""
        if self.visible_to is None and self.editable_by is None:
            raise Refusal("edit", "nothing-to-do", "Say `visible_to` or `editable_by`.")
        data = sheet.entity(self.entity)
        group = "relations" if self.field in data.get("relations", {}) else "fields"
        path = _member(sheet, self.entity, group, self.field, "field")
        given = {"visible_to": self.visible_to, "editable_by": self.editable_by}
        changes = {
            key: plain_listed(actors) or None for key, actors in given.items() if actors is not None
        }
        present = sheet.at(path)
        model: type[Field | ToOne] = Field
        if group == "relations":
            model = ToOne
            if "to" not in present:
                raise Refusal("field", "does-not-fit", "Only to-one relations have such actors.")
        sheet.put(path, merged(present, changes, model, "edit"))


def _member(sheet: Sheet, entity: str, group: str, name: str, key: str) -> Path:
    """The path of a field or relation that is there."""
    known = sheet.entity(entity).get(group, {})
    if name not in known:
        refuse_unknown(key, f"{entity} {group[:-1]}", name, known)
    return "entities", entity, group, name


def _require_free(sheet: Sheet, entity: str, name: str, key: str) -> None:
    data = sheet.entity(entity)
    for group in ("fields", "relations"):
        if name in data.get(group, {}):
            refuse_taken(key, group[:-1], name)
    states = data.get("states")
    if states is not None and name == states.get("field", "status"):
        refuse_taken(key, "field of states", name)


def _rename(sheet: Sheet, entity: str, group: str, name: str, to: str) -> None:
    path = _member(sheet, entity, group, name, group[:-1])
    _require_free(sheet, entity, to, "to")
    value = sheet.at(path)
    was = value.get("was") if isinstance(value, dict) else None
    came_from = origin(name, was, _names_before(sheet, entity, group))
    rename_part(sheet, Part("member", name, entity), to, lambda: sheet.rename(path, to))
    if "many" not in (value if isinstance(value, dict) else {}):
        note_origin(sheet, (*path[:-1], to), to, came_from)


def _names_before(sheet: Sheet, entity: str, group: str) -> list[str]:
    """The fields or relations that the entity had where the code came from."""
    was = sheet.entity(entity).get("was")
    known = origin(entity, was, sheet.base.entities)
    before: Entity | None = sheet.base.entities.get(known) if known is not None else None
    return list(getattr(before, group)) if before is not None else []

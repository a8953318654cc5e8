"""Puts resolved entities together: what is said, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolved import ACTIONS, USER
from local_engine.generator.blueprint.resolving.actors import ActorReader
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.effects import EffectResolver
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.parts import inherited, seen_from_part
from local_engine.generator.blueprint.resolving.paths import owner_path, parent_of
from local_engine.generator.blueprint.resolving.places import check_place, resolve_members
from local_engine.generator.blueprint.resolving.relations import (
    resolve_links,
    resolve_to_many,
    resolve_to_one,
)
from local_engine.generator.blueprint.resolving.rules import resolve_rules
from local_engine.generator.blueprint.resolving.scenes import acted
from local_engine.generator.blueprint.resolving.states import resolve_states

_LIMIT = re.compile(r"([1-9]\d{0,5}) per (second|minute|hour|day)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_NOBODY = resolved.Access()
_USER_ACCESS = {
    "list": resolved.Access((resolved.Clause(resolved.HasRole("admin"), None, "admin"),)),
    "read": resolved.Access(
        (
            resolved.Clause(resolved.UserAt((), "owner"), None, "owner"),
            resolved.Clause(resolved.HasRole("admin"), None, "admin"),
        )
    ),
    "create": _NOBODY,
    "update": resolved.Access((resolved.Clause(resolved.UserAt((), "owner"), None, "owner"),)),
    "delete": _NOBODY,
}


class EntityResolver:
    """Resolves entities, parents before their parts."""

    def __init__(self, context: Context, effects: EffectResolver) -> None:
        self._context = context
        self._effects = effects
        self._done: dict[str, resolved.Entity] = {}
        self._open: set[str] = set()

    def all(self) -> dict[str, resolved.Entity]:
        """All entities in the order of the Blueprint, User first."""
        return {name: self.one(outline) for name, outline in self._context.outlines.items()}

    def one(self, outline: Outline) -> resolved.Entity:
        """The resolved entity."""
        if outline.name not in self._done:
            self._open.add(outline.name)
            self._done[outline.name] = _EntityParts(
                self._context, outline, self._effects, self._parent(outline)
            ).resolve()
            self._open.discard(outline.name)
        return self._done[outline.name]

    def _parent(self, outline: Outline) -> resolved.Entity | None:
        parent = parent_of(self._context, outline)
        if parent is None or parent.name in self._open:
            return None
        if outline.to_one[outline.source.part_of or ""].optional:
            return None
        return self.one(parent)


class _EntityParts:
    def __init__(
        self,
        context: Context,
        outline: Outline,
        effects: EffectResolver,
        parent: resolved.Entity | None,
    ) -> None:
        self._context = context
        self._outline = outline
        self._source = outline.source
        self._effects = effects
        self._parent = parent
        self._path: Path = ("entities", outline.name)

    def resolve(self) -> resolved.Entity:
        """The entity; what has a problem is left out or stands as it is."""
        outline, source, context = self._outline, self._source, self._context
        self._check_owner()
        self._check_part_of()
        place_path = check_place(context, outline)
        reads, writes = self._through_parent()
        access = self._access(reads=reads, writes=writes)
        return resolved.Entity(
            name=outline.name,
            table=outline.table,
            segment=outline.segment,
            fields=self._fields(),
            to_one=self._to_one(),
            to_many=resolve_to_many(outline),
            links=resolve_links(outline),
            access=access,
            rules=resolve_rules(context, outline),
            states=resolve_states(context, outline, self._effects),
            owner=source.owner if source.owner in outline.to_one else None,
            owner_path=owner_path(context, outline),
            part_of=source.part_of if source.part_of in outline.to_one else None,
            place_path=place_path,
            members=resolve_members(context, outline),
            tenanted=outline.tenanted,
            append_only=source.append_only,
            guarded=source.guarded,
            upsert=self._upsert(),
            default_sort=self._sort(),
            reads_through_parent=reads,
            writes_through_parent=writes,
            inherited_rules=self._inherited(),
            effects=self._events(access),
            rate_limits=self._limits(),
            was=source.was,
            description=source.description,
        )

    def _inherited(self) -> tuple[resolved.Rule, ...]:
        if self._parent is None:
            return ()
        above = (*self._parent.rules, *self._parent.inherited_rules)
        return inherited(self._context, self._outline, above)

    def _error(self, key: str, code: str, message: str, suggestion: str | None = None) -> None:
        self._context.error((*self._path, key), code, message, suggestion)

    def _check_owner(self) -> None:
        name, outline = self._source.owner, self._outline
        if name is None or name in outline.broken:
            return
        reference = outline.to_one.get(name)
        users = [key for key, found in outline.to_one.items() if found.to == USER]
        if reference is None:
            message = f"{outline.name} has no relation `{name}`: the owner is a relation to User."
            self._error("owner", "unknown-relation", message, closest(name, users))
        elif reference.to != USER:
            message = f"The owner must be a User; `{name}` leads to {reference.to}."
            suggestion = users[0] if users else None
            self._error("owner", "owner", message, suggestion)
        elif reference.source is not None and reference.source.editable_by is not None:
            message = "The owner is set at creation and never changes: nobody edits it."
            path = (*self._path, "relations", name, "editable_by")
            self._context.error(path, "contradiction", message, at_key=True)

    def _check_part_of(self) -> None:
        name, outline = self._source.part_of, self._outline
        if name is None or name in outline.broken:
            return
        reference = outline.to_one.get(name)
        if reference is None:
            known = list(outline.to_one)
            message = f"{outline.name} has no to-one relation `{name}` to be a part of."
            self._error("part_of", "unknown-relation", message, closest(name, known))
        elif reference.optional:
            message = f"A part is always part of something: `{name}` cannot be optional."
            self._error("part_of", "part-of", message)
        elif reference.to == USER or reference.source is None:
            message = "A row cannot be part of a User or of the tenant: use `owner` or nothing."
            self._error("part_of", "part-of", message)

    def _fields(self) -> dict[str, resolved.Field]:
        found: dict[str, resolved.Field] = {}
        for name, source in self._outline.fields.items():
            field = self._context.resolve_field(self._outline.name, name)
            if field is not None:
                found[name] = self._with_actors(field, source)
        return found

    def _to_one(self) -> dict[str, resolved.ToOne]:
        found = resolve_to_one(self._context, self._outline)
        for name, reference in self._outline.to_one.items():
            if reference.source is not None and name != self._source.owner:
                path = (*self._path, "relations", name)
                editors, required = reference.source.editable_by, not reference.optional
                self._check_editable(editors, path, required=required)
        return found

    def _with_actors(self, field: resolved.Field, source: model.Field) -> resolved.Field:
        path = (*self._path, "fields", field.name)
        reader = ActorReader(self._context, self._outline)
        if source.editable_by is not None:
            editors = reader.read(source.editable_by, (*path, "editable_by"))
            field = replace(field, editable_by=editors)
            self._check_editable(source.editable_by, path, required=field.required_on_create)
        if source.visible_to is not None:
            viewers = reader.read(source.visible_to, (*path, "visible_to"))
            field = replace(field, visible_to=viewers)
        if field.filter and field.name in ("limit", "cursor", "sort", "q"):
            message = f"`{field.name}` is a parameter of every list and cannot be a filter."
            self._context.error((*path, "filter"), "reserved-name", message)
        return field

    def _check_editable(self, editors: list[str] | None, path: Path, *, required: bool) -> None:
        """Who may create a row but not send a value that it must have."""
        if not required or editors is None:
            return
        creators = self._source.access.create or []
        if not set(creators) <= set(editors):
            message = (
                "Not everybody who may create a row may send this value: make it optional (or, a"
                " field, give it a `default`)."
            )
            self._context.error((*path, "editable_by"), "missing-value", message)

    def _through_parent(self) -> tuple[bool, bool]:
        if self._source.part_of is None:
            return False, False
        access = self._source.access
        reads = access.list is None and access.read is None
        writes = access.create is None and access.update is None and access.delete is None
        return reads, writes

    def _access(self, *, reads: bool, writes: bool) -> Mapping[str, resolved.Access]:
        if self._outline.name == USER:
            return _USER_ACCESS
        found: dict[str, resolved.Access] = {}
        for action in ACTIONS:
            said: list[str] | None = getattr(self._source.access, action)
            path = (*self._path, "access", action)
            through = reads if action in ("list", "read") else writes
            if through and self._parent is not None:
                above = self._parent.access["read" if action in ("list", "read") else "update"]
                found[action] = seen_from_part(self._context, self._outline, above)
            else:
                creating = action == "create"
                reader = ActorReader(self._context, self._outline, creating=creating)
                found[action] = reader.read(said, path)
        if self._source.append_only:
            found["update"] = found["delete"] = _NOBODY
        return found

    def _upsert(self) -> tuple[str, ...]:
        names = self._source.upsert
        known = self._outline.columns
        for index, name in enumerate(names):
            if name not in known and name not in self._outline.broken:
                message = f"{self._outline.name} has no field or relation `{name}`."
                path = (*self._path, "upsert", index)
                self._context.error(path, "unknown-field", message, closest(name, known))
            elif self._may_be_missing(name):
                message = f"`{name}` may be missing, and then no row agrees with another one."
                self._context.error((*self._path, "upsert", index), "contradiction", message)
        if names and self._source.append_only:
            message = "Rows are never changed (append_only), so they cannot be replaced either."
            self._error("upsert", "contradiction", message)
        return tuple(names)

    def _may_be_missing(self, name: str) -> bool:
        attribute = self._context.shapes[self._outline.name].attribute(name)
        return attribute is not None and attribute.nullable

    def _sort(self) -> tuple[str, ...]:
        if not self._source.sort:
            return ("created_at",) if self._source.part_of else ("-created_at",)
        check_sort(self._context, self._outline, self._source.sort, (*self._path, "sort"))
        return tuple(self._source.sort)

    def _limits(self) -> dict[str, tuple[int, int]]:
        limits: dict[str, tuple[int, int]] = {}
        transitions = list(self._source.states.transitions) if self._source.states else []
        known = [*ACTIONS, *transitions]
        for action, text in self._source.limits.items():
            path = (*self._path, "limits", action)
            if action not in known:
                message = f"There is no action `{action}`."
                suggestion = closest(action, known)
                self._context.error(path, "unknown-action", message, suggestion, at_key=True)
            found = _LIMIT.fullmatch(text)
            if found is None:
                message = "Write a limit like `10 per minute` (second, minute, hour or day)."
                self._context.error(path, "bad-limit", message)
            else:
                limits[action] = (int(found[1]), _SECONDS[found[2]])
        return limits

    def _events(self, access: Mapping[str, resolved.Access]) -> tuple[resolved.EntityEffect, ...]:
        outline, found = self._outline, []
        known = ["create", "update", "delete", *outline.columns]
        for index, source in enumerate(self._source.effects):
            path = (*self._path, "effects", index)
            if source.on not in known and source.on not in outline.broken:
                message = f"Nothing like `{source.on}` happens to a row of {outline.name}."
                suggestion = closest(source.on, known)
                self._context.error((*path, "on"), "unknown-event", message, suggestion)
            actors = access["create"] if source.on != "delete" else access["delete"]
            scene = acted(self._context, outline, None, actors)
            condition = self._context.condition(source.if_, scene.names, (*path, "if"))
            scene.names = scene.names.given(condition)
            if not source.do:
                message = "Say what follows: an effect, or `do: [effects]`."
                self._context.error(path, "missing-key", message, at_key=True)
            effects = self._effects.resolve(source.do, scene, (*path, "do"))
            found.append(resolved.EntityEffect(source.on, condition, effects))
        return tuple(found)


def check_sort(context: Context, outline: Outline, names: list[str], path: Path) -> None:
    """Notes names that lists cannot be sorted by."""
    known = [*outline.columns, "created_at", "updated_at"]
    for index, written in enumerate(names):
        at = (*path, index) if len(names) > 1 else path
        name = written.removeprefix("-")
        if name not in known:
            if name not in outline.broken:
                message = f"{outline.name} has no field `{name}`."
                context.error(at, "unknown-field", message, closest(name, known))
            continue
        field = outline.fields.get(name)
        if name in outline.to_one or (field and field.type in ("text", "json", "list", "file")):
            message = f"Rows cannot be put in order by `{name}`."
            context.error(at, "option-does-not-fit", message)
        elif field is not None and (field.private or field.visible_to):
            message = f"Not everybody may see `{name}`, so the order would tell about it."
            context.error(at, "contradiction", message)

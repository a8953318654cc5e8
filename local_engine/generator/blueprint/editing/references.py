"""Where a Blueprint names its own parts: every entity, member, state, role and so on that is meant.

Texts are never searched for words. What stands in an expression is found in its syntax tree, in
the scope in which the resolver read it; what stands elsewhere by the meaning of its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.editing.mentions import Mentions, Shown
from local_engine.generator.blueprint.model import Blueprint
from local_engine.generator.blueprint.model.effect import EFFECT_KEYS
from local_engine.generator.blueprint.problems import Path, ProblemList
from local_engine.generator.blueprint.resolving.application import resolve_in
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.shapes import Names

_AS = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.]*)")
_SLUG = re.compile(r"slug\(\s*([a-z][a-z0-9_]*)\s*\)")
_WORDS = ("public", "authenticated", "nobody", "member")
_EVENTS = ("create", "update", "delete")


@dataclass(frozen=True)
class Part:
    """Something that a Blueprint gives a name.

    `kind` is entity, member (field, relation, or field of states), state, transition, role, email
    or webhook; `of` the entity of a member, state or transition.
    """

    kind: str
    name: str
    of: str = ""


@dataclass(frozen=True)
class Reference:
    """A part is named at a path, from a character of the text to another; or by a key."""

    path: Path
    start: int
    end: int
    part: Part
    at_key: bool = False


def references(blueprint: Blueprint) -> list[Reference]:
    """All references of a Blueprint, its declarations left out."""
    context = Context(blueprint, ProblemList())
    resolve_in(context)
    data: dict[str, Any] = blueprint.plain()
    return list(dict.fromkeys(_Walk(context, data).run()))


class _Walk:
    def __init__(self, context: Context, data: dict[str, Any]) -> None:
        self._context = context
        self._data = data
        self._mentions = Mentions(context, data)

    def run(self) -> Iterator[Reference]:
        """Goes through the whole Blueprint."""
        for shown in self._mentions.all():
            yield self._reference(shown)
        role = self._data.get("accounts", {}).get("default_role")
        yield from self._whole(role, "role", ("accounts", "default_role"))
        tenancy = self._data.get("tenancy")
        if tenancy:
            yield from self._whole(tenancy["tenant"], "entity", ("tenancy", "tenant"))
            yield from self._membership(tenancy, ("tenancy",))
        for name, entity in self._data["entities"].items():
            yield from self._entity(name, entity, ("entities", name))
        for section in ("operations", "reports", "feeds", "jobs"):
            for name, data in self._data.get(section, {}).items():
                yield from self._outside(data, (section, name))

    def _reference(self, shown: Shown) -> Reference:
        kind, of, name = shown.meant
        return Reference(shown.path, shown.start, shown.end, Part(kind, name, of))

    def _whole(self, value: Any, kind: str, path: Path, of: str = "") -> Iterator[Reference]:
        """A value (or each of a list) that is nothing but a name."""
        for at, text in _texts(value, path):
            yield Reference(at, 0, len(text), Part(kind, text, of))

    def _membership(self, data: Mapping[str, Any], path: Path) -> Iterator[Reference]:
        yield from self._whole(data["through"], "entity", (*path, "through"))
        for key, usual in (("user", "user"), ("role", None)):
            value = data.get(key, usual)
            yield from self._whole(value, "member", (*path, key), data["through"])

    def _entity(self, name: str, data: Mapping[str, Any], path: Path) -> Iterator[Reference]:
        for key in ("owner", "part_of", "upsert"):
            yield from self._whole(data.get(key), "member", (*path, key), name)
        yield from self._path(data.get("place"), name, (*path, "place"))
        yield from self._sorted(data.get("sort"), name, (*path, "sort"))
        for key in data.get("limits", {}):
            yield Reference(
                (*path, "limits", key), 0, len(key), Part("transition", key, name), True
            )
        for field, value in data.get("fields", {}).items():
            if isinstance(value, Mapping):
                yield from self._field(name, value, (*path, "fields", field))
        for relation, value in data.get("relations", {}).items():
            yield from self._relation(name, value, (*path, "relations", relation))
        if "members" in data:
            yield from self._membership(data["members"], (*path, "members"))
        if "states" in data:
            yield from self._states(name, data["states"], (*path, "states"))
        yield from self._rules_and_effects(name, data, path)
        for action, actors in data.get("access", {}).items():
            yield from self._actors(actors, name, (*path, "access", action))

    def _rules_and_effects(
        self, name: str, data: Mapping[str, Any], path: Path
    ) -> Iterator[Reference]:
        for index, rule in enumerate(data.get("rules", ())):
            for key in ("unique", "per", "no_overlap"):
                yield from self._whole(rule.get(key), "member", (*path, "rules", index, key), name)
        for index, effect in enumerate(data.get("effects", ())):
            at = (*path, "effects", index)
            if effect["on"] not in _EVENTS:
                yield from self._whole(effect["on"], "member", (*at, "on"), name)
            yield from self._effects([effect], at, name, single=True)

    def _field(self, entity: str, data: Mapping[str, Any], path: Path) -> Iterator[Reference]:
        for key in ("visible_to", "editable_by"):
            yield from self._actors(data.get(key), entity, (*path, key))
        yield from self._path(data.get("copied_from"), entity, (*path, "copied_from"))
        if isinstance(data.get("derived"), str):
            scope = Names(self._context.shapes[entity])
            for shown in self._mentions.inside((*path, "derived"), data["derived"], scope):
                yield self._reference(shown)
        default = data.get("default")
        found = _SLUG.fullmatch(default) if isinstance(default, str) else None
        if found is not None:
            part = Part("member", found[1], entity)
            yield Reference((*path, "default"), found.start(1), found.end(1), part)

    def _relation(self, entity: str, data: Mapping[str, Any], path: Path) -> Iterator[Reference]:
        for key in ("to", "many", "links"):
            yield from self._whole(data.get(key), "entity", (*path, key))
        yield from self._whole(data.get("by"), "member", (*path, "by"), data.get("many", ""))
        yield from self._path(data.get("same"), entity, (*path, "same"))
        for key in ("visible_to", "editable_by"):
            yield from self._actors(data.get(key), entity, (*path, key))

    def _states(self, entity: str, data: Mapping[str, Any], path: Path) -> Iterator[Reference]:
        yield from self._whole(data["initial"], "state", (*path, "initial"), entity)
        for name, transition in data.get("transitions", {}).items():
            at = (*path, "transitions", name)
            for key in ("from", "to"):
                for found in self._whole(transition[key], "state", (*at, key), entity):
                    if found.part.name != "any":
                        yield found
            yield from self._action(transition, at, entity)

    def _outside(self, data: Mapping[str, Any], path: Path) -> Iterator[Reference]:
        """An operation, report, feed or job."""
        key = "on" if path[0] == "operations" else "of"
        entity = data.get(key)
        yield from self._whole(entity, "entity", (*path, key))
        if path[0] in ("operations", "jobs"):
            yield from self._action(data, path, entity, row=False)
            return
        yield from self._actors(data.get("by"), None, (*path, "by"))
        if entity is not None:
            yield from self._whole(data.get("period"), "member", (*path, "period"), entity)
            yield from self._sorted(data.get("sort"), entity, (*path, "sort"))

    def _action(
        self, data: Mapping[str, Any], path: Path, entity: str | None, *, row: bool = True
    ) -> Iterator[Reference]:
        """Who does it, what is given, and what follows."""
        at_hand = entity if row or path[0] == "operations" else None
        yield from self._actors(data.get("by"), at_hand, (*path, "by"))
        yield from self._inputs(data.get("input", {}), (*path, "input"))
        yield from self._effects(data.get("effects", ()), (*path, "effects"), entity)

    def _inputs(self, data: Mapping[str, Any], path: Path) -> Iterator[Reference]:
        for name, value in data.items():
            if isinstance(value, Mapping):
                yield from self._whole(value.get("ref"), "entity", (*path, name, "ref"))
                yield from self._inputs(value.get("rows", {}), (*path, name, "rows"))

    def _effects(
        self, effects: Sequence[Any], path: Path, own: str | None, *, single: bool = False
    ) -> Iterator[Reference]:
        """Effects in a list; with `single` the one mapping at the path itself, perhaps inline."""
        for index, effect in enumerate(effects):
            at = path if single else (*path, index)
            yield from self._effects(effect.get("do", ()), (*at, "do"), own)
            for key in EFFECT_KEYS:
                if key in effect:
                    yield from self._effect(key, effect, at, own)

    def _effect(
        self, key: str, effect: Mapping[str, Any], path: Path, own: str | None
    ) -> Iterator[Reference]:
        text = effect[key]
        at = (*path, key)
        if key in ("email", "webhook"):
            yield from self._whole(text, key, at)
        elif key == "create":
            found = _AS.match(text)
            entity = found[1] if found else ""
            if found:
                yield Reference(at, found.start(1), found.end(1), Part("entity", entity))
            for name in effect.get("with", {}):
                inner = (*path, "with", name)
                yield Reference(inner, 0, len(name), Part("member", name, entity), True)
                yield from self._constants(inner, effect["with"][name], entity, name)
        elif key in ("set", "increase", "decrease"):
            before, _, name = text.rpartition(".")
            entity = own if before in ("", "row") else self._mentions.leads_to(at, before)
            if entity is not None:
                start = len(text) - len(name)
                yield Reference(at, start, len(text), Part("member", name, entity))
                yield from self._constants((*path, "to"), effect.get("to"), entity, name)

    def _constants(self, path: Path, text: Any, entity: str, name: str) -> Iterator[Reference]:
        """States that are written as the value of the field of states."""
        outline = self._context.outlines.get(entity)
        if outline is not None and outline.state_field == name and isinstance(text, str):
            for start, end, value in self._mentions.constants(text):
                yield Reference(path, start, end, Part("state", value, entity))

    def _sorted(self, value: Any, entity: str, path: Path) -> Iterator[Reference]:
        for at, text in _texts(value, path):
            name = text.removeprefix("-")
            start = len(text) - len(name)
            yield Reference(at, start, len(text), Part("member", name, entity))

    def _actors(self, value: Any, entity: str | None, path: Path) -> Iterator[Reference]:
        for at, text in _texts(value, path):
            start = len(text) - len(text.lstrip())
            word = text[start:].split(maxsplit=1)[0] if text.strip() else ""
            if word in _WORDS or word.startswith("member:") or not word:
                continue
            if word in self._context.blueprint.accounts.roles:
                yield Reference(at, start, start + len(word), Part("role", word))
            elif entity is not None and not self._is_owner_word(word, entity):
                yield from self._steps(word, entity, at, start)

    def _is_owner_word(self, word: str, entity: str) -> bool:
        """Whether `owner` is meant, whatever the relation to the owner is called."""
        if word != "owner":
            return False
        outline = self._context.outlines[entity]
        return word not in outline.to_one or outline.source.owner == word

    def _path(self, value: Any, entity: str, path: Path) -> Iterator[Reference]:
        if isinstance(value, str):
            yield from self._steps(value, entity, path, 0)

    def _steps(self, text: str, entity: str, path: Path, start: int) -> Iterator[Reference]:
        """`post.author`: names of members, each of the entity that the one before leads to."""
        at: str | None = entity
        for step in text.split("."):
            outline = self._context.outlines.get(at) if at is not None else None
            if outline is None or not outline.has(step):
                return
            if not self._is_owner_word(step, outline.name):
                yield Reference(path, start, start + len(step), Part("member", step, outline.name))
            reference = outline.to_one.get(step)
            at = reference.to if reference is not None else None
            start += len(step) + 1


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                yield (*path, index), item

"""Shapes of answers, derived from the Blueprint's own model: shallow, and made for models.

A shape has no objects with free names (lists of objects with a `name` stand in their place), no
unions of objects (the keys of all kinds stand beside one another, and which are there tells the
kind) and texts wherever the Blueprint has numbers, values or expressions: so that every provider's
dialect can say it. `plain` leads back to the Blueprint's plain form.
"""

from __future__ import annotations

import json
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, Protocol, Union, get_args, get_origin

from local_engine.generator.blueprint.model import Node

DEEPEST = 2
"""How deep effects may stand in effects: loops in loops are rare, and deep schemas are refused."""


class Shape(Protocol):
    """What a part of an answer looks like."""

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""

    def coerced(self, value: Any) -> Any:
        """The value, brought nearer to the shape where it is clear what was meant."""

    def plain(self, value: Any) -> Any:
        """The value as the Blueprint writes it; None where nothing is said."""


@dataclass(frozen=True)
class Text:
    """A text, or one of some words."""

    words: tuple[str, ...] = ()
    about: str = ""

    def schema(self) -> dict[str, Any]:
        """A string."""
        made: dict[str, Any] = {"type": "string"}
        if self.words:
            made["enum"] = list(self.words)
        return made | ({"description": self.about} if self.about else {})

    def coerced(self, value: Any) -> Any:
        """A number or a truth value as text; a word in its own letters."""
        if isinstance(value, bool):
            value = str(value).lower()
        elif isinstance(value, int | float):
            value = str(value)
        if self.words and isinstance(value, str) and value not in self.words:
            by_small = {word.lower(): word for word in self.words}
            return by_small.get(value.strip().lower(), value)
        return value

    def plain(self, value: Any) -> Any:
        """The text without white space around it."""
        return value.strip() or None if isinstance(value, str) else None


@dataclass(frozen=True)
class Flag:
    """Yes or no; the Blueprint says only what holds."""

    about: str = ""

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"} | ({"description": self.about} if self.about else {})

    def coerced(self, value: Any) -> Any:
        """The words `true` and `false`."""
        word = value.strip().lower() if isinstance(value, str) else ""
        return word == "true" if word in ("true", "false") else value

    def plain(self, value: Any) -> Any:
        """True, or nothing."""
        return True if value is True else None


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    about: str = ""

    def schema(self) -> dict[str, Any]:
        """An integer."""
        return {"type": "integer"} | ({"description": self.about} if self.about else {})

    def coerced(self, value: Any) -> Any:
        """Digits in quotes."""
        is_digits = isinstance(value, str) and value.strip().isdecimal()
        return int(value) if is_digits else value

    def plain(self, value: Any) -> Any:
        """The number."""
        return value


@dataclass(frozen=True)
class Many:
    """A list."""

    of: Shape
    about: str = ""
    most: int | None = None

    def schema(self) -> dict[str, Any]:
        """An array."""
        made: dict[str, Any] = {"type": "array", "items": self.of.schema()}
        if self.most is not None:
            made["maxItems"] = self.most
        return made | ({"description": self.about} if self.about else {})

    def coerced(self, value: Any) -> Any:
        """A single thing is a list of one."""
        if value is None:
            return value
        items = value if isinstance(value, list) else [value]
        return [self.of.coerced(item) for item in items]

    def plain(self, value: Any) -> Any:
        """The list, if there is anything in it."""
        items = [self.of.plain(item) for item in value or ()]
        return [item for item in items if item not in (None, {})] or None


@dataclass(frozen=True)
class Thing:
    """An object with known keys. `notes` are keys for us, which the Blueprint does not have."""

    keys: Mapping[str, Shape]
    needed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    about: str = ""

    def schema(self) -> dict[str, Any]:
        """An object."""
        return {
            "type": "object",
            "properties": {key: shape.schema() for key, shape in self.keys.items()},
            "required": [key for key in self.keys if key in self.needed],
            "additionalProperties": False,
        } | ({"description": self.about} if self.about else {})

    def coerced(self, value: Any) -> Any:
        """Keys in other letters are known, others and nulls are left out."""
        if not isinstance(value, Mapping):
            return value
        by_small = {key.lower(): key for key in self.keys}
        found: dict[str, Any] = {}
        for written, inner in value.items():
            key = by_small.get(str(written).lower())
            if key is not None and inner is not None:
                found[key] = self.keys[key].coerced(inner)
        return found

    def plain(self, value: Any) -> Any:
        """The object without what is not said, and without notes."""
        if not isinstance(value, Mapping):
            return None
        made = {
            key: shape.plain(value.get(key))
            for key, shape in self.keys.items()
            if key not in self.notes
        }
        return {key: inner for key, inner in made.items() if inner is not None}


@dataclass(frozen=True)
class Named:
    """Things with names: a list here, a mapping in the Blueprint; the later of two replaces."""

    of: Thing
    about: str = ""
    value_key: str | None = None
    """With it, things are pairs of the name and this key's value."""

    def schema(self) -> dict[str, Any]:
        """An array of objects with a `name`."""
        return Many(self.of, self.about).schema()

    def coerced(self, value: Any) -> Any:
        """A mapping is a list of things with names."""
        if isinstance(value, Mapping) and not set(value) <= set(self.of.keys):
            value = [self._with_name(name, inner) for name, inner in value.items()]
        return Many(self.of).coerced(value)

    def _with_name(self, name: str, inner: Any) -> Any:
        if isinstance(inner, Mapping):
            return {"name": name, **inner}
        key = self.value_key or next(iter(key for key in self.of.keys if key != "name"))
        return {"name": name, key: inner}

    def plain(self, value: Any) -> Any:
        """A mapping by name."""
        made = {}
        for item in value or ():
            inner = self.of.plain(item)
            name = inner.pop("name", None)
            if name is not None:
                made[name] = inner.get(self.value_key) if self.value_key else inner
        return made or None


@dataclass
class _Deriving:
    """Goes down the annotations of the model; `without` says which keys of which node are left."""

    without: Mapping[type[Node], Iterable[str]] = field(default_factory=dict)
    depth: dict[type[Node], int] = field(default_factory=dict)

    def node(self, model: type[Node]) -> Thing:
        leave_out = self.without.get(model, ())
        keys: dict[str, Shape] = {}
        needed: list[str] = []
        self.depth[model] = self.depth.get(model, 0) + 1
        for name, info in model.model_fields.items():
            key = info.alias or name
            if key in leave_out or key in _NOT_FOR_MODELS:
                continue
            shape = self.shape(info.annotation)
            if shape is not None:
                keys[key] = _about(shape, info.description or "")
                needed += [key] if info.is_required() else []
        self.depth[model] -= 1
        return Thing(keys, tuple(needed))

    def shape(self, annotation: Any) -> Shape | None:
        """The shape of a type; None where it would go too deep."""
        origin, inner = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self.shape(inner[0])
        if origin in (Union, types.UnionType):
            return self._union([part for part in inner if part is not type(None)])
        if origin is Literal:
            return Flag() if inner == (True,) else Text(tuple(map(str, inner)))
        if origin is list:
            of = self.shape(inner[0])
            return None if of is None else Many(of)
        if origin is dict:
            return self._mapping(self.shape(inner[1]))
        if annotation is bool:
            return Flag()
        if annotation is int:
            return Whole()
        if isinstance(annotation, type) and issubclass(annotation, Node):
            return self.node(annotation) if self.depth.get(annotation, 0) < DEEPEST else None
        return Text()

    def _mapping(self, of: Shape | None) -> Shape | None:
        if of is None:
            return None
        name = Text(about="Its name.")
        if isinstance(of, Thing):
            return Named(Thing({"name": name, **of.keys}, ("name", *of.needed)))
        pair = Thing({"name": name, "value": of}, ("name", "value"))
        return Named(pair, value_key="value")

    def _union(self, parts: list[Any]) -> Shape | None:
        shapes = [shape for part in parts if (shape := self.shape(part)) is not None]
        things = [shape for shape in shapes if isinstance(shape, Thing)]
        if not things or len(things) != len(shapes):
            return shapes[0] if shapes else None
        merged: dict[str, Shape] = {}
        for thing in things:
            for key, shape in thing.keys.items():
                same = key not in merged or type(merged[key]) is type(shape)
                merged[key] = merged.get(key, shape) if same else Text()
        return Thing(merged)


_NOT_FOR_MODELS = ("was", "description")
"""Renames are edits; descriptions are asked for where they are wanted."""


def _about(shape: Shape, text: str) -> Shape:
    if isinstance(shape, Text | Flag | Whole | Many | Thing | Named):
        return replace(shape, about=text)
    return shape


Without = Mapping[type[Node], Iterable[str]]
"""Keys that are left out, by the node that they belong to."""


def shape_of(model: type[Node], without: Without | None = None) -> Thing:
    """The shape of a node of the Blueprint's model, `without` some keys of it or what is in it."""
    return _Deriving(without or {}).node(model)


def shape_of_type(annotation: Any) -> Thing:
    """The shape of a union of nodes: the keys of all kinds."""
    shape = _Deriving().shape(annotation)
    assert isinstance(shape, Thing)
    return shape


def with_keys(thing: Thing, needed: tuple[str, ...] = (), **keys: Shape) -> Thing:
    """The thing with more keys in front; `needed` of them must be said."""
    return replace(thing, keys={**keys, **thing.keys}, needed=(*needed, *thing.needed))


def with_why(thing: Thing) -> Thing:
    """The thing with its reason, which is ours alone."""
    why = Text(about="The words of the description that say so, or `assumed`.")
    keys = {**thing.keys, "why": why}
    return replace(thing, keys=keys, notes=(*thing.notes, "why"))


def whole_schema(thing: Thing) -> dict[str, Any]:
    """The schema of an answer: what occurs several times in it is defined once."""
    schema = thing.schema()
    counts: dict[str, int] = {}
    _count(schema, counts)
    definitions: dict[str, dict[str, Any]] = {}
    names = {
        text: f"Part{number}"
        for number, text in enumerate(
            sorted(text for text, count in counts.items() if count > 1 and len(text) > _WORTH), 1
        )
    }
    made = _referring(schema, names, definitions)
    return made if not definitions else {**made, "$defs": definitions}


_WORTH = 400
"""From this length on, a repeated part of a schema is defined once."""


def _bare(schema: Mapping[str, Any]) -> str:
    bare = {key: value for key, value in schema.items() if key != "description"}
    return json.dumps(bare, sort_keys=True)


def _count(schema: Mapping[str, Any], counts: dict[str, int]) -> None:
    if schema.get("type") == "object":
        text = _bare(schema)
        counts[text] = counts.get(text, 0) + 1
        for inner in schema["properties"].values():
            _count(inner, counts)
    elif schema.get("type") == "array":
        _count(schema["items"], counts)


def _referring(
    schema: dict[str, Any], names: Mapping[str, str], definitions: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    if schema.get("type") == "array":
        return {**schema, "items": _referring(schema["items"], names, definitions)}
    if schema.get("type") != "object":
        return schema
    properties = {
        key: _referring(inner, names, definitions) for key, inner in schema["properties"].items()
    }
    made = {**schema, "properties": properties}
    name = names.get(_bare(schema))
    if name is None:
        return made
    definitions[name] = {key: value for key, value in made.items() if key != "description"}
    return {"$ref": f"#/$defs/{name}"}

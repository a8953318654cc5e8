"""Resolves inputs of transitions and operations, and the record `input` of expressions."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.expressions import Attribute
from local_engine.generator.blueprint.expressions.types import ManyType, RowType
from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolved import FieldType, RefAccess
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.field_options import (
    check_input_options,
    check_options,
)
from local_engine.generator.blueprint.resolving.names import check_name
from local_engine.generator.blueprint.resolving.paths import owner_path
from local_engine.generator.blueprint.resolving.shapes import Names, RecordShape, value_type
from local_engine.generator.blueprint.resolving.values import ValueReader

_MOST_ROWS = 1000


@dataclass(frozen=True)
class Inputs:
    """The inputs, and the shape of the record that expressions see."""

    fields: tuple[resolved.InputField, ...]
    record: RecordShape


def resolve_inputs(context: Context, sources: dict[str, model.Input], path: Path) -> Inputs:
    """The inputs of one transition or operation."""
    return _Inputs(context).resolve(sources, path, "input")


class _Inputs:
    def __init__(self, context: Context) -> None:
        self._context = context

    def resolve(self, sources: dict[str, model.Input], path: Path, name: str) -> Inputs:
        fields: list[resolved.InputField] = []
        parts: dict[str, Attribute] = {}
        keys: dict[str, str] = {}
        for key, source in sources.items():
            at = (*path, key)
            check_name(self._context, key, at, "name")
            found = self._one(key, source, at, sources)
            if found is None:
                continue
            field, part = found
            json_key = f"{key}_id" if isinstance(field, resolved.RefInput) else key
            if json_key in keys:
                message = f"`{key}` and `{keys[json_key]}` would both be sent as `{json_key}`."
                self._context.error(at, "name-clash", message, at_key=True)
            keys[json_key] = key
            fields.append(field)
            parts[key] = part
        return Inputs(tuple(fields), RecordShape(name, parts))

    def _one(
        self, name: str, source: model.Input, path: Path, siblings: dict[str, model.Input]
    ) -> tuple[resolved.InputField, Attribute] | None:
        if isinstance(source, model.RefInput):
            return self._ref(name, source, path)
        if isinstance(source, model.RowsInput):
            return self._rows(name, source, path)
        return self._value(name, source, path, siblings)

    def _ref(
        self, name: str, source: model.RefInput, path: Path
    ) -> tuple[resolved.InputField, Attribute] | None:
        outline = self._context.entity(source.ref, (*path, "ref"))
        if outline is None:
            return None
        if source.access == "owner" and owner_path(self._context, outline) is None:
            message = f"A row of {outline.name} has no owner."
            self._context.error((*path, "access"), "no-owner", message)
        field = resolved.RefInput(name, source.ref, RefAccess(source.access), source.optional)
        shape = self._context.shapes[source.ref]
        return field, Attribute(name, RowType(shape), source.optional)

    def _rows(
        self, name: str, source: model.RowsInput, path: Path
    ) -> tuple[resolved.InputField, Attribute] | None:
        inner = self.resolve(dict(source.rows), (*path, "rows"), name)
        columns = tuple(
            field for field in inner.fields if not isinstance(field, resolved.RowsInput)
        )
        if not columns:
            message = "Say what each object has: `rows: {quantity: integer}`."
            self._context.error(path, "missing-key", message, at_key=True)
        if not 0 <= source.min <= source.max <= _MOST_ROWS or source.max == 0:
            message = f"`min` and `max` are between 0 and {_MOST_ROWS}, `max` not below `min`."
            self._context.error(path, "bad-limit", message, at_key=True)
        field = resolved.RowsInput(name, columns, source.min, source.max)
        return field, Attribute(name, ManyType(inner.record, records=True))

    def _value(
        self, name: str, source: model.Field, path: Path, siblings: dict[str, model.Input]
    ) -> tuple[resolved.InputField, Attribute] | None:
        if source.type == "file":
            message = "A file cannot be an input: it is sent to its own route."
            self._context.error((*path, "type"), "option-does-not-fit", message)
            return None
        check_options(self._context, source, path)
        check_input_options(self._context, source, path)
        fields = {key: other for key, other in siblings.items() if isinstance(other, model.Field)}
        described = ValueReader(self._context, source, path, Names(), fields).read()
        field = resolved.Field(
            name,
            FieldType(source.type),
            optional=source.optional,
            nonzero=source.nonzero,
            description=source.description,
            **described,
        )
        type_ = value_type(field, self._context.digits)
        return resolved.ValueInput(name, field), Attribute(name, type_, source.optional)

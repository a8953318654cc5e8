"""Resolves the fields of entities, each when it is first asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.expressions.expression import round_to
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolved import FieldType as T
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.derivation import read_derived
from local_engine.generator.blueprint.resolving.field_options import NUMBERS, SCALARS, check_options
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.shapes import Names, decimal_or_int, value_type
from local_engine.generator.blueprint.resolving.values import ValueReader, scaled


class FieldResolver:
    """Gives resolved fields by entity and name; `visible_to` and `editable_by` come later."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[tuple[str, str], resolved.Field | None] = {}
        self._open: list[tuple[str, str]] = []

    def __call__(self, entity: str, name: str) -> resolved.Field | None:
        """The field; None where it has a problem that nothing can be said with."""
        key = (entity, name)
        if key not in self._known:
            if key in self._open:
                self._tell_cycle(key)
                return None
            self._open.append(key)
            self._known[key] = self._resolve(self._context.outlines[entity], name)
            self._open.pop()
        return self._known[key]

    def _tell_cycle(self, key: tuple[str, str]) -> None:
        around = self._open[self._open.index(key) :]
        chain = " → ".join(f"{entity}.{name}" for entity, name in [*around, key])
        entity, name = key
        self._context.error(
            ("entities", entity, "fields", name),
            "cycle",
            f"The value of this field depends on itself: {chain}.",
            at_key=True,
        )

    def _resolve(self, outline: Outline, name: str) -> resolved.Field | None:
        source = outline.fields[name]
        path: Path = ("entities", outline.name, "fields", name)
        check_options(self._context, source, path)
        reader = ValueReader(self._context, source, path, Names(), outline.fields)
        described = reader.read()
        field = resolved.Field(
            name=name,
            type=T(source.type),
            optional=source.optional,
            unique=source.unique,
            nonzero=source.nonzero,
            immutable=source.immutable,
            private=source.private,
            search=source.search,
            filter=source.filter,
            sort=source.sort,
            never_below=self._never_below(source, described["places"]),
            was=source.was,
            description=source.description,
            **described,
        )
        return self._made(outline, source, field, path)

    def _never_below(self, source: model.Field, places: int | None) -> Any:
        number = decimal_or_int(source.never_below)
        return None if number is None else scaled(number, places)

    def _made(
        self, outline: Outline, source: model.Field, field: resolved.Field, path: Path
    ) -> resolved.Field | None:
        if source.derived is not None and field.type in NUMBERS | {T.DATE, T.DATETIME}:
            return self._derived(outline, source.derived, _unlimited(field), path)
        if source.computed is not None and field.type in SCALARS:
            return self._computed(outline, source.computed, _unlimited(field), path)
        if source.copied_from is not None and field.type in SCALARS:
            return self._copied(outline, source.copied_from, field, path)
        return field

    def _derived(
        self, outline: Outline, text: str, field: resolved.Field, path: Path
    ) -> resolved.Field | None:
        found = read_derived(self._context, outline, text, field, (*path, "derived"))
        if found is None:
            return None
        empty = found.function in ("avg", "min", "max")
        optional = empty or field.optional
        return replace(field, derived=found, optional=optional)

    def _computed(
        self, outline: Outline, text: str, field: resolved.Field, path: Path
    ) -> resolved.Field | None:
        path = (*path, "computed")
        scope = Names(self._context.shapes[outline.name])
        expression = self._context.expression(
            text,
            scope,
            path,
            expect=value_type(field, self._context.digits),
            allow_missing=True,
        )
        if expression is None or not self._only_own(outline, expression, path):
            return None
        for read in sorted(expression.paths()):
            self._check_secret(outline, read[0], field, path)
        if field.places is not None:
            expression = round_to(expression, field.places)
        optional = field.optional or expression.nullable
        return replace(field, computed=expression, optional=optional)

    def _check_secret(self, origin: Outline, name: str, field: resolved.Field, path: Path) -> None:
        """A value made of what not everybody sees must not be seen by more people."""
        source = origin.fields[name]
        open_field = self._context.outlines[str(path[1])].fields[field.name].visible_to is None
        if source.private and not field.private:
            message = f"`{name}` is private, but this would show it: say `private: true`."
            self._context.error(path, "contradiction", message)
        elif source.visible_to is not None and open_field and not field.private:
            message = f"Not everybody sees `{name}`, but this would show it: say `visible_to`."
            self._context.error(path, "contradiction", message)

    def _only_own(self, outline: Outline, expression: Expression, path: Path) -> bool:
        if expression.reads_many or expression.uses_now:
            what = "the clock" if expression.uses_now else "other rows"
            self._context.error(
                path, "computed", f"A computed field reads its own row only, not {what}."
            )
            return False
        for read in sorted(expression.paths()):
            if len(read) > 1 or read[0] not in outline.fields:
                self._context.error(
                    path,
                    "computed",
                    f"A computed field reads fields of its own row only, not `{'.'.join(read)}`."
                    " Copy the value with `copied_from` first.",
                )
                return False
            own = outline.fields[read[0]]
            if own.derived is not None:
                self._context.error(
                    path,
                    "computed",
                    f"`{read[0]}` is derived from other rows, so it cannot be computed with.",
                )
                return False
        if not expression.paths():
            self._context.error(path, "constant", "The value is always the same: leave it out.")
        return True

    def _copied(
        self, outline: Outline, text: str, field: resolved.Field, path: Path
    ) -> resolved.Field | None:
        path = (*path, "copied_from")
        steps = tuple(text.split("."))
        at, optional = outline, field.optional
        if len(steps) < 2:
            message = "A value is copied over a relation: write `relation.field`."
            self._context.error(path, "bad-path", message)
            return None
        for step in steps[:-1]:
            reference = at.to_one.get(step)
            if reference is None:
                if step not in at.broken:
                    self._unknown_step(path, at, step, list(at.to_one))
                return None
            at, optional = self._context.outlines[reference.to], optional or reference.optional
        return self._copied_field(at, steps, replace(field, optional=optional), path)

    def _copied_field(
        self, at: Outline, steps: tuple[str, ...], field: resolved.Field, path: Path
    ) -> resolved.Field | None:
        name = steps[-1]
        if name not in at.fields:
            if name not in at.broken:
                self._unknown_step(path, at, name, list(at.fields))
            return None
        origin = self(at.name, name)
        if origin is None:
            return None
        if origin.type is not field.type or origin.places != field.places:
            message = f"`{'.'.join(steps)}` is of the type {origin.type}, not {field.type}."
            self._context.error(path, "type-mismatch", message)
        self._check_secret(at, name, field, path)
        missing = origin.optional or field.optional
        return replace(
            field,
            copied_from=steps,
            optional=missing,
            minimum=origin.minimum,
            maximum=origin.maximum,
            values=origin.values,
        )

    def _unknown_step(self, path: Path, at: Outline, step: str, known: list[str]) -> None:
        message = f"{at.name} has nothing called `{step}` that can be followed here."
        self._context.error(path, "unknown-field", message, closest(step, known))


def _unlimited(field: resolved.Field) -> resolved.Field:
    """Derived and computed values are what they are: limits are for what is sent."""
    return replace(field, minimum=None, maximum=None)

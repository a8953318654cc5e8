"""What effects change: rows that paths lead to, and their fields and relations."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint import resolved
from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.expressions.expression import round_to
from local_engine.generator.blueprint.expressions.types import RowType, Type, UnknownType
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.scene import Scene


@dataclass(frozen=True)
class Target:
    """A field or relation that takes a value."""

    type: Type
    optional: bool
    places: int | None


class Targets:
    """Finds and checks what effects change."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def settable(self, outline: Outline, name: str, path: Path, *, creating: bool) -> Target | None:
        """What takes a value; noted problem and None if nothing of that name can be set."""
        shape = self._context.shapes[outline.name]
        attribute = shape.attribute(name)
        known = outline.columns
        if attribute is None or name not in known:
            if name not in outline.broken:
                message = f"{outline.name} has no field or relation `{name}` that could be set."
                self._context.error(
                    path, "unknown-field", message, closest(name, known), at_key=creating
                )
            return None
        places = None
        if name in outline.fields:
            resolved_field = self._context.resolve_field(outline.name, name)
            if resolved_field is None:
                return None
            if resolved_field.read_only:
                message = f"`{name}` is kept by the backend itself and cannot be set."
                self._context.error(path, "read-only", message, at_key=creating)
                return None
            places = resolved_field.places
        elif name in outline.to_one and outline.to_one[name].source is None:
            message = f"`{name}` is the tenant, which is always the one of the path."
            self._context.error(path, "read-only", message, at_key=creating)
            return None
        return Target(attribute.type, attribute.nullable, places)

    def value(self, target: Target, text: str, scene: Scene, path: Path) -> Expression | None:
        """The checked value of a target, rounded to its places."""
        expression = self._context.expression(
            text, scene.names, path, expect=target.type, allow_missing=target.optional
        )
        if expression is not None and target.places is not None:
            return round_to(expression, target.places)
        return expression

    def row(
        self, steps: list[str], scene: Scene, path: Path
    ) -> tuple[tuple[str, ...], Outline] | None:
        """The row that a path leads to; no steps: the row that the effects are about."""
        if not steps:
            if scene.own is None:
                message = "There is no row here: begin with an input, a created or a loop's row."
                self._context.error(path, "bad-path", message)
                return None
            return (), scene.own
        if steps == ["row"] and scene.own is not None:
            return (), scene.own
        expression = self._context.expression(".".join(steps), scene.names, path)
        if expression is None:
            return None
        if expression.nullable:
            message = f"`{'.'.join(steps)}` may be missing, so there may be nothing to change."
            self._context.error(path, "bad-path", message)
            return None
        if not isinstance(expression.type, RowType):
            if not isinstance(expression.type, UnknownType):
                message = f"`{'.'.join(steps)}` is not a row."
                self._context.error(path, "bad-path", message)
            return None
        trimmed = steps[1:] if steps[0] == "row" and scene.own is not None else steps
        return tuple(trimmed), self._context.outlines[expression.type.name]

    def check_changeable(self, outline: Outline, path: Path) -> None:
        """Notes rows that effects never change."""
        if outline.source.append_only:
            message = f"{outline.name} is append_only: its rows are never changed or deleted."
            self._context.error(path, "contradiction", message)
        if outline.name == resolved.USER:
            message = "Users change themselves; effects cannot change them."
            self._context.error(path, "user-entity", message)

"""The value side of a field: limits, allowed values, pattern and default, for fields and inputs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.expressions import Scope
from local_engine.generator.blueprint.expressions.expression import round_to
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolved import FieldType as T
from local_engine.generator.blueprint.resolving import reserved
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.field_options import LENGTHS, LIST_ITEMS, ORDERED
from local_engine.generator.blueprint.resolving.literals import (
    INTEGER_LIMIT,
    NotALiteral,
    literal,
    size,
)
from local_engine.generator.blueprint.resolving.patterns import BadPattern, portable
from local_engine.generator.blueprint.resolving.shapes import value_type

DECIMAL_PLACES = 4
MAX_PLACES = 20
_DEFAULT_SIZE = 5 * 1024 * 1024
_MAX_SIZE = 100 * 1024 * 1024
_LENGTHS: dict[T, tuple[int, int, int]] = {
    T.STRING: (1, 255, 10_000),
    T.TEXT: (0, 20_000, 1_000_000),
    T.SLUG: (1, 80, 255),
    T.EMAIL: (1, 254, 254),
    T.URL: (1, 2048, 2048),
    T.LIST: (0, 100, 1000),
}
"""Least and greatest length by default, and the greatest that may be asked for."""
_SLUG_CALL = re.compile(r"slug\(\s*([a-z][a-z0-9_]*)\s*\)")
_CONTENT_TYPE = re.compile(r"[a-z]+/(\*|[a-z0-9][a-z0-9.+-]*)")
_TEXTUAL = (T.STRING, T.TEXT, T.EMAIL, T.URL, T.ENUM)


@dataclass(frozen=True)
class ValueReader:
    """Reads the value side of one field; `scope` is that of an expression as default."""

    context: Context
    field: model.Field
    path: Path
    scope: Scope
    fields: dict[str, model.Field]

    @property
    def kind(self) -> T:
        """The type of the field."""
        return T(self.field.type)

    @property
    def places(self) -> int | None:
        """Digits after the point: of the type, or of a list's decimals."""
        if self.kind is T.MONEY:
            return self.context.digits
        if self.kind is T.DECIMAL:
            return DECIMAL_PLACES if self.field.places is None else self.field.places
        if self.kind is T.LIST and self.field.of == "decimal":
            return DECIMAL_PLACES
        return None

    def read(self) -> dict[str, Any]:
        """The keyword arguments of the resolved field that describe its values."""
        self._check_places()
        minimum, maximum = self._limits()
        described = {
            "minimum": minimum,
            "maximum": maximum,
            "allowed": self._allowed(),
            "pattern": self._pattern(),
            "values": self._values(),
            "places": self.places,
            "item_type": self._item_type(),
            "accept": self._accept(),
            "max_size": self._max_size(),
        }
        plain = resolved.Field("", self.kind, **described, nonzero=self.field.nonzero)
        return {**described, "default": self._default(plain)}

    def _error(self, key: str, code: str, message: str, suggestion: str | None = None) -> None:
        self.context.error((*self.path, key), code, message, suggestion)

    def _check_places(self) -> None:
        places = self.field.places
        if places is not None and not 0 <= places <= MAX_PLACES:
            self._error("places", "bad-limit", f"`places` is between 0 and {MAX_PLACES}.")

    def _limits(self) -> tuple[Any, Any]:
        if self.kind in _LENGTHS:
            return self._length_limits()
        if self.kind not in ORDERED:
            return None, None
        low, high = self._limit("min", self.field.min), self._limit("max", self.field.max)
        if low is not None and high is not None and low > high:
            self._error("max", "bad-limit", "`max` is smaller than `min`.")
        if self.kind is T.INTEGER:
            return (-INTEGER_LIMIT if low is None else low), (
                INTEGER_LIMIT if high is None else high
            )
        return low, high

    def _limit(self, key: str, value: object) -> Any:
        if value is None:
            return None
        try:
            return literal(self.kind, value, self.places)
        except NotALiteral as problem:
            self._error(key, "bad-limit", f"`{key}` of a {self.kind} must be {problem}.")
            return None

    def _length_limits(self) -> tuple[int, int]:
        least, greatest, most = _LENGTHS[self.kind]
        low = self._length("min", self.field.min, most)
        high = self._length("max", self.field.max, most)
        low = min(least, greatest if high is None else high) if low is None else low
        high = greatest if high is None else high
        if low > high:
            said = "`max` is smaller than `min`" if self.field.max else f"`max` is {high}"
            self._error("min", "bad-limit", f"No value can be that long: {said}.")
        if high == 0:
            self._error("max", "bad-limit", "Nothing but an empty value would be allowed.")
        return low, high

    def _length(self, key: str, value: object, most: int) -> int | None:
        if value is None:
            return None
        what = "items" if self.kind is T.LIST else "characters"
        if not isinstance(value, int) or not 0 <= value <= most:
            self._error(
                key, "bad-limit", f"`{key}` is a number of {what} between 0 and {most} here."
            )
            return None
        return value

    def _allowed(self) -> tuple[object, ...]:
        allowed: list[object] = []
        for index, value in enumerate(self.field.in_):
            try:
                allowed.append(literal(self.kind, value, self.places))
            except (NotALiteral, KeyError) as problem:
                self.context.error(
                    (*self.path, "in", index), "bad-value", f"Each value must be {problem}."
                )
        if len(set(allowed)) < len(allowed):
            self._error("in", "bad-value", "A value is listed twice.")
        return tuple(allowed)

    def _pattern(self) -> str | None:
        if self.field.pattern is None or self.kind not in (T.STRING, T.TEXT):
            return None
        try:
            return portable(self.field.pattern)
        except BadPattern as problem:
            self._error("pattern", "bad-pattern", str(problem))
            return None

    def _values(self) -> tuple[str, ...]:
        values = self.field.values
        if self.kind is not T.ENUM:
            return ()
        if not values:
            message = "An enum lists its `values`, such as `values: [small, large]`."
            self.context.error(self.path, "missing-key", message, at_key=True)
        for index, value in enumerate(values):
            if not reserved.ENUM_VALUE.fullmatch(value) or len(value) > reserved.MAX_LENGTH:
                self.context.error(
                    (*self.path, "values", index),
                    "bad-name",
                    f"`{value}` cannot be a value: use letters, digits, `_` and `-`.",
                    reserved.snake_suggestion(value),
                )
            elif value in values[:index]:
                message = f"`{value}` is listed twice."
                self.context.error((*self.path, "values", index), "bad-value", message)
        return tuple(values)

    def _item_type(self) -> T | None:
        if self.kind is not T.LIST:
            return None
        item = T(self.field.of or "string")
        if item not in LIST_ITEMS:
            known = ", ".join(sorted(LIST_ITEMS))
            self._error("of", "option-does-not-fit", f"A list is of one of: {known}.")
            return T.STRING
        return item

    def _accept(self) -> tuple[str, ...]:
        for index, content_type in enumerate(self.field.accept):
            if not _CONTENT_TYPE.fullmatch(content_type):
                path = (*self.path, "accept", index)
                message = f"`{content_type}` is not a content type such as image/png."
                self.context.error(path, "bad-value", message)
        return tuple(self.field.accept)

    def _max_size(self) -> int | None:
        if self.kind is not T.FILE:
            return None
        if self.field.max_size is None:
            return _DEFAULT_SIZE
        try:
            found = size(self.field.max_size)
        except NotALiteral as problem:
            self._error("max_size", "bad-limit", f"`max_size` must be {problem}.")
            return _DEFAULT_SIZE
        if found > _MAX_SIZE:
            self._error("max_size", "bad-limit", "A file has at most 100MB.")
        return found

    def _default(self, plain: resolved.Field) -> resolved.Default | None:
        value = self.field.default
        if value is None or self.kind is T.FILE:
            return None
        if self.kind is T.LIST:
            return self._list_default(value, plain)
        found = _SLUG_CALL.fullmatch(value) if isinstance(value, str) else None
        if found and self.kind is T.SLUG:
            return self._slug_default(found[1])
        try:
            default = literal(self.kind, value, self.places)
        except NotALiteral as problem:
            if isinstance(value, str) and self.kind not in (*_TEXTUAL, T.SLUG):
                return self._expression_default(value, plain)
            self._error("default", "bad-default", f"The default must be {problem}.")
            return None
        return self._literal_default(default, plain)

    def _literal_default(
        self, default: object, plain: resolved.Field
    ) -> resolved.LiteralDefault | None:
        reason = unfit(plain, default)
        if reason is not None:
            suggestion = closest(str(default), plain.values) if plain.values else None
            self._error("default", "bad-default", f"The default {reason}.", suggestion)
        return resolved.LiteralDefault(default)

    def _list_default(self, value: object, plain: resolved.Field) -> resolved.Default | None:
        if not isinstance(value, list):
            self._error("default", "bad-default", "The default of a list is a list.")
            return None
        items: list[object] = []
        for index, item in enumerate(value):
            try:
                items.append(literal(plain.item_type or T.STRING, item, self.places))
            except NotALiteral as problem:
                path = (*self.path, "default", index)
                self.context.error(path, "bad-default", f"Each item must be {problem}.")
        return self._literal_default(items, plain)

    def _slug_default(self, name: str) -> resolved.Default | None:
        other = self.fields.get(name)
        texts = [key for key, field in self.fields.items() if field.type in ("string", "text")]
        if other is None or other.type not in ("string", "text"):
            message = f"There is no text field `{name}` to make a slug of."
            self._error("default", "unknown-field", message, closest(name, texts))
            return None
        if other.optional:
            message = f"`{name}` may be missing, so no slug could be made of it."
            self._error("default", "bad-default", message)
        return resolved.SlugDefault(name)

    def _expression_default(self, text: str, plain: resolved.Field) -> resolved.Default | None:
        expression = self.context.expression(
            text,
            self.scope,
            (*self.path, "default"),
            expect=value_type(plain, self.context.digits),
        )
        if expression is None:
            return None
        if self.places is not None:
            expression = round_to(expression, self.places)
        return resolved.ExpressionDefault(expression)


def unfit(field: resolved.Field, value: Any) -> str | None:
    """Why a value is outside of what the field allows, as the end of a sentence."""
    tests: list[tuple[Callable[[], bool], str]] = [
        (lambda: bool(field.values) and value not in field.values, "is not one of its values"),
        (lambda: bool(field.allowed) and value not in field.allowed, "is not one of `in`"),
        (lambda: field.nonzero and value == 0, "is zero"),
        (
            lambda: field.pattern is not None and not re.fullmatch(field.pattern, value),
            "does not match the pattern",
        ),
    ]
    measured = len(value) if field.type in (*LENGTHS, T.LIST) else value
    low: Any = field.minimum
    high: Any = field.maximum
    tests.append((lambda: low is not None and measured < low, "is below `min`"))
    tests.append((lambda: high is not None and measured > high, "is above `max`"))
    return next((reason for test, reason in tests if test()), None)


def scaled(value: Decimal | int, places: int | None) -> Decimal | int:
    """A number as a field with that many places holds it."""
    return value if places is None else Decimal(value).quantize(Decimal(1).scaleb(-places))

"""CHECK conditions as limits of one field, where they are that."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp

from local_engine.generator.importing.sql.expressions import plain

_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
}
_LENGTHS = ("LENGTH", "CHAR_LENGTH", "CHARACTER_LENGTH", "JSONB_ARRAY_LENGTH")
_WHOLE_PATTERN = re.compile(r"\^(?:\(\?:(?P<inner>.*)\)|(?P<bare>.*))\$", re.S)
_SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
_NUMBERS = ("integer", "decimal", "money")
_REACH = {"integer": 2**53 - 1, "money": 10**15 - 1, "decimal": 10**19 - 1}
"""Limits that the type of a field has by itself."""
_TYPE_DATES = ("0001-01-01", "9999-12-31")


@dataclass(frozen=True)
class FieldLimit:
    """Options that a condition gives the field of `column`; none where its type says it already."""

    column: str
    options: dict[str, Any]


def limit_of(tree: exp.Expr, types: dict[str, dict[str, Any]]) -> FieldLimit | None:
    """The limit that a condition is; None if it is no limit of a single field.

    `types` gives the plain data of fields by column.
    """
    tree = plain(tree)
    match tree:
        case exp.In() if tree.expressions:
            return _among(tree, types)
        case exp.Between() if not tree.args.get("symmetric"):
            low = limit_of(exp.GTE(this=tree.this, expression=tree.args["low"]), types)
            high = limit_of(exp.LTE(this=tree.this, expression=tree.args["high"]), types)
            if low is None or high is None:
                return None
            return FieldLimit(low.column, low.options | high.options)
        case exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
            return _bound(tree, types)
        case exp.NEQ():
            return _different(tree, types)
        case exp.EQ():
            return _equal(tree, types)
        case exp.RegexpLike():
            return _pattern(tree, types)
    return None


def _among(tree: exp.In, types: dict[str, dict[str, Any]]) -> FieldLimit | None:
    column = _column(tree.this, types)
    items = [plain(item) for item in tree.expressions]
    if column is None or not all(_is_constant(item) for item in items):
        return None
    kind = types[column]["type"]
    if kind in ("string", "text", "slug"):
        return FieldLimit(column, {"enum": [item.name for item in items]})
    if kind == "enum":
        return FieldLimit(column, {})
    if kind in _NUMBERS:
        numbers = [_number(item) for item in items]
        whole = [
            int(number) if kind == "integer" else number for number in numbers if number is not None
        ]
        return FieldLimit(column, {"in": whole}) if len(whole) == len(items) else None
    return None


def _bound(tree: exp.Expr, types: dict[str, dict[str, Any]]) -> FieldLimit | None:
    subject, bound = plain(tree.this), plain(tree.expression)
    kind: type[exp.Expr] = type(tree)
    if _is_constant(subject):
        subject, bound, kind = bound, subject, _MIRRORED[kind]
    if not _is_constant(bound):
        return None
    column, measured = _measured(subject, types)
    if column is None:
        return None
    data = types[column]
    option = "min" if kind in (exp.GT, exp.GTE) else "max"
    if measured or data["type"] in _NUMBERS:
        places = 0 if measured or data["type"] == "integer" else _places(data)
        value = _number(bound)
        if value is None:
            return None
        if kind in (exp.GT, exp.LT):
            value += Decimal(1 if kind is exp.GT else -1).scaleb(-places)
        return FieldLimit(column, _option(option, value, data))
    if data["type"] in ("date", "datetime", "time") and kind in (exp.GTE, exp.LTE):
        text = bound.name
        return FieldLimit(column, {} if text[:10] in _TYPE_DATES else {option: text})
    if data["type"] == "duration" and bound.name in ("PT0S", "00:00:00", "0"):
        return FieldLimit(column, {})
    return None


def _option(option: str, value: Decimal, data: dict[str, Any]) -> dict[str, Any]:
    if abs(value) >= _REACH.get(data["type"], math.inf):
        return {}
    return {option: int(value) if value == value.to_integral() else value}


def _places(data: dict[str, Any]) -> int:
    return 2 if data["type"] == "money" else int(data.get("places", 4))


def _measured(subject: exp.Expr, types: dict[str, dict[str, Any]]) -> tuple[str | None, bool]:
    """The column of a value or of its length, and whether it is the length."""
    if isinstance(subject, exp.Length) or (
        isinstance(subject, exp.Anonymous) and subject.name.upper() in _LENGTHS
    ):
        inner = subject.this if isinstance(subject, exp.Length) else subject.expressions[0]
        return _column(inner, types), True
    return _column(subject, types), False


def _different(tree: exp.NEQ, types: dict[str, dict[str, Any]]) -> FieldLimit | None:
    column, bound = _column(tree.this, types), plain(tree.expression)
    if column is None or not _is_constant(bound):
        return None
    kind = types[column]["type"]
    if kind in _NUMBERS and _number(bound) == 0:
        return FieldLimit(column, {"nonzero": True})
    if kind == "json" and bound.name == "null":
        return FieldLimit(column, {})
    if kind in ("string", "text") and bound.name == "":
        return FieldLimit(column, {"min": 1})
    return None


def _equal(tree: exp.EQ, types: dict[str, dict[str, Any]]) -> FieldLimit | None:
    """What the types say already: an e-mail address in small letters, a list that is an array."""
    left, right = plain(tree.this), plain(tree.expression)
    if isinstance(right, exp.Lower):
        column = _column(right.this, types)
        if column == left.name and types[column]["type"] in ("email", "slug"):
            return FieldLimit(column, {})
    if isinstance(left, exp.Anonymous) and left.name.lower() == "jsonb_typeof":
        column = _column(left.expressions[0], types)
        if column is not None and right.name == "array":
            return FieldLimit(column, {"type": "list"})
    return None


def _pattern(tree: exp.RegexpLike, types: dict[str, dict[str, Any]]) -> FieldLimit | None:
    column, pattern = _column(tree.this, types), plain(tree.expression)
    if column is None or not isinstance(pattern, exp.Literal):
        return None
    if types[column]["type"] in ("slug", "email", "url"):
        return FieldLimit(column, {})
    whole = _WHOLE_PATTERN.fullmatch(pattern.name)
    if whole is None or types[column]["type"] not in ("string", "text"):
        return None
    inner = whole["inner"] if whole["inner"] is not None else whole["bare"]
    if inner == _SLUG:
        return FieldLimit(column, {"type": "slug"})
    return FieldLimit(column, {"pattern": inner})


def _column(tree: exp.Expr, types: dict[str, dict[str, Any]]) -> str | None:
    tree = plain(tree)
    if not isinstance(tree, exp.Column | exp.Identifier):
        return None
    for name in (tree.name, tree.name.lower()):
        if name in types:
            return name
    return None


def _is_constant(tree: exp.Expr) -> bool:
    return isinstance(plain(tree), exp.Literal | exp.Neg) and not tree.find(exp.Column)


def _number(tree: exp.Expr) -> Decimal | None:
    tree = plain(tree)
    if isinstance(tree, exp.Neg):
        inner = _number(tree.this)
        return None if inner is None else -inner
    text = str(tree.this)
    return Decimal(text) if re.fullmatch(r"-?\d{1,40}(?:\.\d{1,40})?", text) else None

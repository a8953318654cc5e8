"""What fields have at creation when nobody says: defaults, slugs, copies, the initial state."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from local_engine.generator.blueprint.resolved import (
    Entity,
    ExpressionDefault,
    Field,
    LiteralDefault,
    SlugDefault,
)
from local_engine.verification.model.scope import View
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import length_limits, stored


def default_value(view: View, field: Field, row: Row | None = None) -> Any:
    """The value of a field that was left out (None where there is no default)."""
    match field.default:
        case LiteralDefault(value):
            return stored(field, value)
        case ExpressionDefault(expression):
            return stored(field, view.evaluate(expression, row))
        case SlugDefault(source):
            text = row.values.get(source) if row else None
            return slug_of(text, length_limits(field)[1]) if text is not None else None
        case _:
            return None


def slug_of(text: str, longest: int) -> str:
    """The slug of a text, as docs/blueprint.md §4 makes it."""
    decomposed = unicodedata.normalize("NFKD", text)
    ascii_only = "".join(one for one in decomposed if not unicodedata.combining(one))
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")
    return slug[:longest].strip("-") or "item"


def complete(view: View, entity: Entity, row: Row) -> Row:
    """The new row with everything that was left out filled in."""
    if entity.states and entity.states.field not in row.values:
        row = row.having(**{entity.states.field: entity.states.initial})
    for name in entity.to_one:
        if name not in row.values:
            row = row.having(**{name: None})
    later = [field for field in entity.fields.values() if field.name not in row.values]
    for field in sorted(later, key=lambda one: isinstance(one.default, SlugDefault)):
        if field.derived or field.computed is not None:
            continue
        if field.copied_from:
            value = stored(field, view.follow(row, field.copied_from))
        else:
            value = default_value(view, field, row)
        row = row.having(**{field.name: value})
    return row

"""Bodies of requests in tests, with what stands for the ids of rows and people."""

from __future__ import annotations

from typing import Any

from local_engine.generator.emit.fastapi.entities.annotations import literal_expression
from local_engine.generator.emit.fastapi.samples.planned import Person, Row
from local_engine.generator.emit.python import (
    Dictionary,
    Expression,
    Sequence,
    call,
    const,
    imported,
)

WORLD = "tests.world"


def value(found: Any) -> Expression:
    """A value of a body."""
    match found:
        case Row():
            return call(imported(WORLD, "Ref"), const(found.name))
        case Person():
            return call(imported(WORLD, "UserRef"), const(found.name))
        case dict():
            return Dictionary(tuple((const(key), value(one)) for key, one in found.items()))
        case list():
            return Sequence(tuple(value(one) for one in found))
    return literal_expression(found)

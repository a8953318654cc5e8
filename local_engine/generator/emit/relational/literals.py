"""Constants in SQL."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from uuid import UUID

from local_engine.generator.emit.relational.names import literal


def constant(value: object) -> str:
    """The SQL of a Python value such as a field's default or limit, beside a column of its type.

    Raises TypeError for a value of a type that no field has.
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case str():
            return literal(value)
        case dt.datetime():
            return f"'{value.astimezone(dt.UTC).isoformat(' ').removesuffix(':00')}'"
        case dt.date():
            return f"'{value.isoformat()}'"
        case dt.time():
            return f"'{value.isoformat()}'"
        case dt.timedelta():
            return f"'{_span(value)}'"
        case UUID():
            return f"'{value}'"
        case list() | tuple() | dict():
            return literal(json.dumps(value, ensure_ascii=False, default=str))
    raise TypeError(f"no SQL for a {type(value).__name__}")


def _span(value: dt.timedelta) -> str:
    """Hours, minutes and seconds: `36:00:00`."""
    sign = "-" if value < dt.timedelta() else ""
    seconds, rest = divmod(abs(value), dt.timedelta(seconds=1))
    fraction = f".{rest.microseconds:06d}" if rest else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"

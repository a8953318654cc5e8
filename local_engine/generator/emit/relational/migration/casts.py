"""How the values of a column become values of another type, where they can."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local_engine.generator.emit.relational.names import literal

_NUMERIC = re.compile(r"numeric\((\d+), (\d+)\)")
_FROM_TEXT = frozenset({"bigint", "boolean", "date", "time", "timestamptz", "uuid"})
_TO_TEXT = {
    "bigint": "{0}::text",
    "boolean": "{0}::text",
    "uuid": "{0}::text",
    "date": "to_char({0}, 'YYYY-MM-DD')",
    "time": "to_char({0}, 'HH24:MI:SS')",
    "timestamptz": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')",
}


@dataclass(frozen=True)
class Cast:
    """A conversion. `using` is the new value in SQL; rows with `broken` values cannot be converted.

    `lossy` ones keep only a part of each value, so they cannot be undone.
    """

    using: str
    broken: str | None = None
    lossy: bool = False


def cast_between(old: str, new: str, column: str, time_zone: str) -> Cast | None:
    """The conversion of a column (quoted) between two SQL types; None where there is none."""
    if _scale(new) is not None:
        return _to_number(old, new, column)
    if _scale(old) is not None and new == "bigint":
        return Cast(f"{column}::bigint", f"{column} <> trunc({column})")
    if new == "text":
        pattern = "{0}::text" if _scale(old) is not None else _TO_TEXT.get(old)
        return None if pattern is None else Cast(pattern.format(column))
    if old == "text" and new in _FROM_TEXT:
        return Cast(f"{column}::{new}", f"NOT pg_input_is_valid({column}, '{new}')")
    zone = literal(time_zone)
    if (old, new) == ("date", "timestamptz"):
        return Cast(f"{column}::timestamp AT TIME ZONE {zone}")
    if (old, new) == ("timestamptz", "date"):
        return Cast(f"({column} AT TIME ZONE {zone})::date", lossy=True)
    return None


def _to_number(old: str, new: str, column: str) -> Cast | None:
    """To a decimal: refused for rows that would lose digits after the point."""
    scale, before = _scale(new), _scale(old)
    using = f"{column}::{new}"
    if old == "bigint" or (before is not None and scale is not None and before <= scale):
        return Cast(using)
    if before is not None:
        return Cast(using, f"{column} <> round({column}, {scale})")
    if old == "text":
        rounded = f"{column}::numeric <> round({column}::numeric, {scale})"
        valid = f"pg_input_is_valid({column}, 'numeric')"
        return Cast(using, f"CASE WHEN {valid} THEN {rounded} ELSE true END")
    return None


def _scale(sql_type: str) -> int | None:
    """Digits after the point of a decimal type; None for other types."""
    match = _NUMERIC.fullmatch(sql_type)
    return int(match[2]) if match else None

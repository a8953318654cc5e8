"""The period of a report: from and to in the query string, half-open."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from ..core import values
from ..core.problem import FieldError, invalid

_BOUNDS = ("from", "to")


def read_period(query: QueryParams, time_zone: str) -> dict[str, datetime | None]:
    """The bounds by name, None for an open end. Dates begin at midnight of the time zone.

    Raises a 422 problem that names every parameter that is not known, repeated or no time.
    """
    found: dict[str, datetime | None] = dict.fromkeys(_BOUNDS)
    errors = _unknown(query, _BOUNDS)
    for name in _BOUNDS:
        text = query.get(name)
        try:
            found[name] = None if text is None else _moment(text, ZoneInfo(time_zone))
        except (ValueError, OverflowError):
            message = "Give a date, or a time with its offset such as 2026-12-31T18:30:00Z."
            errors.append(FieldError(f"/query/{name}", "type", message))
    if errors:
        raise invalid(errors)
    return found


def require_no_parameters(query: QueryParams) -> None:
    """Raises a 422 problem for parameters where there are none."""
    errors = _unknown(query, ())
    if errors:
        raise invalid(errors)


def _unknown(query: QueryParams, known: tuple[str, ...]) -> list[FieldError]:
    """A complaint for each parameter that is not known, or given twice."""
    errors: list[FieldError] = []
    seen: set[str] = set()
    for name, _ in query.multi_items():
        if name not in known:
            errors.append(
                FieldError(f"/query/{name}", "unknown", "This report has no such parameter.")
            )
        elif name in seen:
            errors.append(FieldError(f"/query/{name}", "repeated", "Give this parameter once."))
        seen.add(name)
    return errors


def _moment(text: str, zone: ZoneInfo) -> datetime:
    """The time that a bound stands for. Raises ValueError or OverflowError."""
    if len(text) == len("2026-12-31"):
        day: date = values.DATE.parse(text)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    moment: datetime = values.DATETIME.parse(text)
    return moment


def _parameter(name: str, meaning: str) -> dict[str, Any]:
    kinds = [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]
    schema = {"anyOf": kinds}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"{meaning}; a date means its beginning.",
        "schema": schema,
    }


PERIOD_PARAMETERS = (
    _parameter("from", "The beginning of the period, included"),
    _parameter("to", "The end of the period, not included"),
)
"""What OpenAPI says about the bounds."""

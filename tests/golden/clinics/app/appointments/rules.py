"""Rules on appointments that are asked before the database."""

from collections.abc import Mapping
from typing import Any

from app.core.rules import Rule


def check(row: Mapping[str, Any]) -> None:
    """Raises a 422 problem for the first rule that does not hold."""
    if not row["ends_at"] > row["starts_at"]:
        raise Rule(
            "appointment.check", "This must hold: ends_at > starts_at.", status=422
        ).problem()
    if not row["starts_at"] < row["ends_at"]:
        raise Rule(
            "appointment.no_overlap",
            "starts_at must be before ends_at.",
            status=422,
            pointer="/ends_at",
            code="order",
        ).problem()

"""Rules on loans that are asked before the database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.core.rules import Rule

EDITABLE_WHILE = (Rule("loan.editable_while", "The loan is closed."),)


def check_create(row: Mapping[str, Any], now: datetime) -> None:
    """Raises a 422 problem for the first rule that does not hold at creation."""
    if not row["due_on"] >= now.astimezone(ZoneInfo("Europe/Berlin")).date():
        raise Rule("loan.check", "The day lies in the past.", status=422).problem()

"""Rules on patients that are asked before the database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.core.rules import Rule


def check(row: Mapping[str, Any], now: datetime) -> None:
    """Raises a 422 problem for the first rule that does not hold."""
    if not row["born_on"] <= now.astimezone(ZoneInfo("UTC")).date():
        raise Rule(
            "patient.born_on.check",
            "born_on must meet: born_on <= today().",
            status=422,
            pointer="/born_on",
        ).problem()

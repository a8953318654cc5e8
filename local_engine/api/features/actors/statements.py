"""The SQL statements that a request ran, found in the project's log by the request's id."""

from __future__ import annotations

import json
from pathlib import Path

from local_engine.api.features.actors.schemas import RanStatement
from local_engine.api.features.previews.service import last_lines

_LOGGER = "app.statement"
_LINES = 5000


def statements_of(log: Path, request_id: str) -> list[RanStatement]:
    """The statements of a request in their order, as far as they are near the log's end."""
    found = []
    for line in last_lines(log, _LINES):
        if request_id not in line or _LOGGER not in line:
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("logger") == _LOGGER and entry.get("request_id") == request_id:
            found.append(RanStatement(sql=str(entry["sql"]), ms=float(entry["ms"])))
    return found

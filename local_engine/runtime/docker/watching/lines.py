"""Lines of logs with their time, level and part, and which of them are wanted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

LEVELS = ("debug", "info", "warning", "error")

# https://www.postgresql.org/docs/18/runtime-config-logging.html, table of severity levels
_POSTGRES = re.compile(r"\b(DEBUG\d?|INFO|NOTICE|LOG|WARNING|ERROR|FATAL|PANIC):")
_OF_POSTGRES = {"NOTICE": "info", "LOG": "info", "FATAL": "error", "PANIC": "error"}
_OF_PYTHON = {"critical": "error"}
_FRACTION = re.compile(r"\.(\d{1,6})\d*")


@dataclass(frozen=True)
class Line:
    """A line that a part wrote. `level` is None where the line does not say one."""

    part: str
    time: datetime
    level: str | None
    text: str


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted: of a level at least, with a text in them, of some parts."""

    level: str | None = None
    text: str = ""
    parts: frozenset[str] = frozenset()

    def takes(self, line: Line) -> bool:
        """Whether a line is wanted; one without a level is, wherever a level is asked for."""
        if self.parts and line.part not in self.parts:
            return False
        if self.text and self.text.lower() not in line.text.lower():
            return False
        if self.level is None or line.level is None:
            return True
        return LEVELS.index(line.level) >= LEVELS.index(self.level)


def read_line(part: str, raw: str) -> Line | None:
    """A line as the engine gives it: its time (RFC 3339), a space, the text; None for another."""
    stamp, _, text = raw.partition(" ")
    try:
        time = datetime.fromisoformat(_FRACTION.sub(r".\1", stamp).replace("Z", "+00:00"))
    except ValueError:
        return None
    return Line(part, time.astimezone(UTC), level_of(text), text.rstrip("\r\n"))


def level_of(text: str) -> str | None:
    """The level that a line of the service (JSON) or of PostgreSQL says, as one of `LEVELS`."""
    if text.startswith("{"):
        try:
            said = json.loads(text).get("level")
        except (ValueError, AttributeError):
            return None
        level = _OF_PYTHON.get(str(said), str(said))
        return level if level in LEVELS else None
    found = _POSTGRES.search(text)
    if found is None:
        return None
    word = found[1]
    return _OF_POSTGRES.get(word, "debug" if word.startswith("DEBUG") else word.lower())

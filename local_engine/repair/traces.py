"""Tracebacks in what a service wrote: each once, without the frames that are nobody's here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

_FRAME = re.compile(r'^  File "(?P<file>[^"]+)"')
_OWN = re.compile(r"^.*?(?=(?:app|tests|migrations)/[\w/.-]+$)")
_LONGEST = 6_000


def trace_of(lines: Iterable[str], trouble: str = "") -> str:
    """The tracebacks in lines of a service's log (JSON with `exception`), trimmed."""
    found = dict.fromkeys(trimmed(one) for line in lines if (one := _exception(line)))
    return "\n\n".join([*found, *([trouble] if trouble else [])])[-_LONGEST:]


def trimmed(traceback: str) -> str:
    """A traceback with the frames of the project alone, by their paths in it."""
    kept: list[str] = []
    inside = True
    for line in traceback.splitlines():
        frame = _FRAME.match(line)
        if frame is not None:
            path = frame["file"]
            inside = "site-packages" not in path and _OWN.match(path) is not None
            line = line.replace(path, _OWN.sub("", path)) if inside else line
        elif not line.startswith(" "):
            inside = True
        if inside:
            kept.append(line)
    return "\n".join(kept)


def _exception(line: str) -> str:
    try:
        found = json.loads(line)
    except ValueError:
        return ""
    text = found.get("exception") if isinstance(found, dict) else None
    return text if isinstance(text, str) else ""

"""Reads YAML safely: plain data with exact numbers, and the place of every key and value.

The text is taken event by event, so nothing is ever built that the text does not spell out: tags,
anchors and aliases are refused, keys must be different, and size and depth are limited. Scalars
follow YAML 1.2: only `true` and `false` are booleans (`on` and `yes` are strings), `12:30` and
dates stay strings, and numbers with a point become `Decimal`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from local_engine.generator.blueprint.problems import Path, Positions, ProblemList

MAX_BYTES = 1_000_000
"""The largest Blueprint that is read; 500 entities need about a third of it."""
TOO_LARGE = f"The file is larger than {MAX_BYTES} bytes."
MAX_DEPTH = 40
"""How deeply mappings and lists may be nested."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,40}")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,40}\.[0-9]{1,40}")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Span:
    """Where a scalar stands in the text: indexes of its first and after its last character."""

    start: int
    end: int


@dataclass(frozen=True)
class Source:
    """What a text holds: plain data, the places of its paths, and where its scalars are."""

    data: Any
    positions: Positions
    scalars: tuple[Span, ...]


def read_yaml(text: str) -> tuple[Source, ProblemList]:
    """The content of a YAML text; problems with it have the code `syntax` (or a more exact one).

    After a problem the data holds what could be read before it.
    """
    return _Reader(text).read()


class _Stop(Exception):
    """Ends reading after a problem that nothing can be read behind."""


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._keys: dict[Path, tuple[int, int]] = {}
        self._values: dict[Path, tuple[int, int]] = {}
        self._scalars: list[Span] = []
        self._positions = Positions(self._keys, self._values)
        self._problems = ProblemList(self._positions)

    def read(self) -> tuple[Source, ProblemList]:
        data: Any = None
        try:
            self._check_text()
            data = self._document()
        except _Stop:
            pass
        except MarkedYAMLError as error:
            self._syntax_error(error)
        except YAMLError as error:
            self._refuse_text(f"This is not YAML: {error}.", 1, 1)
        return Source(data, self._positions, tuple(self._scalars)), self._problems

    def _check_text(self) -> None:
        if len(self._text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            self._refuse_text(TOO_LARGE, 1, 1, "too-large")
            raise _Stop
        found = _CONTROL.search(self._text)
        if found is not None:
            before = self._text[: found.start()]
            line, column = before.count("\n") + 1, found.start() - before.rfind("\n")
            code_point = f"U+{ord(found.group()):04X}"
            self._refuse_text(f"The character {code_point} cannot stand in a file.", line, column)
            raise _Stop

    def _refuse_text(self, message: str, line: int, column: int, code: str = "syntax") -> None:
        self._keys[()] = self._values[()] = (line, column)
        self._problems.error((), code, message)

    def _syntax_error(self, error: MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = " ".join(str(error.problem or error.context or "not YAML").split())
        message = f"The text is not YAML here: {what}."
        if "mapping values are not allowed" in what or "expected ',' or '}'" in what:
            message += " Put texts that contain `: `, `{`, `[` or `,` in quotes."
        elif "\\t" in what or "'\t'" in what:
            message += " Indent with spaces, not with tabs."
        self._refuse_text(message, line, column)

    def _document(self) -> Any:
        parser = YAML(typ="safe", pure=True)
        events = iter(parser.parse(self._text))
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "A Blueprint is one YAML document; `---` begins another.")
                    raise _Stop
            elif isinstance(event, MappingStartEvent | SequenceStartEvent | ScalarEvent):
                data = self._node(event, events, (), 0)
            elif isinstance(event, AliasEvent):
                self._refuse(event, "Aliases (`*name`) are not part of the language.")
                raise _Stop
        return data

    def _node(self, event: Event, events: Any, path: Path, depth: int) -> Any:
        mark = event.start_mark
        place = (mark.line + 1, mark.column + 1)
        self._keys.setdefault(path, place)
        quoted = isinstance(event, ScalarEvent) and event.style in ("'", '"')
        self._values[path] = (place[0], place[1] + 1) if quoted else place
        if isinstance(event, AliasEvent):
            self._refuse(event, "Aliases (`*name`) are not part of the language: write it out.")
            raise _Stop
        self._check_plainness(event)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if depth >= MAX_DEPTH:
            self._refuse(event, f"This is nested more than {MAX_DEPTH} levels deep.")
            raise _Stop
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path, depth + 1)
        return self._sequence(events, path, depth + 1)

    def _check_plainness(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, "Anchors (`&name`) are not part of the language: write it out.")
        tag = event.ctag if hasattr(event, "ctag") else event.tag
        if tag is not None and str(tag) not in ("None", "!"):
            self._refuse(event, "Tags (`!name`) are not part of the language.")

    def _mapping(self, events: Any, path: Path, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                return data
            key = self._key(event)
            mark = event.start_mark
            below = (*path, key)
            if key in data:
                first = self._keys[below][0]
                self._refuse(event, f"`{key}` was said already in line {first}.", "duplicate-key")
                below = (*path, f"{key} (again)")
            self._keys[below] = (mark.line + 1, mark.column + 1)
            value = self._node(next(events), events, below, depth)
            data.setdefault(key, value)
        return data

    def _key(self, event: Event) -> str:
        if not isinstance(event, ScalarEvent):
            self._refuse(event, "A key is a plain word; put texts with `{` or `[` in quotes.")
            raise _Stop
        self._check_plainness(event)
        self._scalars.append(Span(event.start_mark.index, event.end_mark.index))
        return str(event.value)

    def _sequence(self, events: Any, path: Path, depth: int) -> list[Any]:
        data: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                return data
            below = (*path, len(data))
            data.append(self._node(event, events, below, depth))
        return data

    def _scalar(self, event: ScalarEvent) -> Any:
        self._scalars.append(Span(event.start_mark.index, event.end_mark.index))
        text = str(event.value)
        if event.style:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
        return text

    def _refuse(self, event: Event, message: str, code: str = "syntax") -> None:
        mark = event.start_mark
        place: Path = (f"line {mark.line + 1}",)
        self._keys[place] = self._values[place] = (mark.line + 1, mark.column + 1)
        self._problems.error(place, code, message)

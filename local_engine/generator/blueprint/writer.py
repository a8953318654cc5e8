"""Writes the canonical form: one text for one Blueprint, readable and easy to compare.

What has a name stands on a line of its own; what it says follows on the same line where it fits
into 100 columns, else below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from local_engine.generator.blueprint.comments import Comments
from local_engine.generator.blueprint.problems import Path

WIDTH = 100
_INDENT = "  "
_SECTIONS = ("entities", "operations", "reports", "feeds", "jobs", "emails")
_NAMED = ("fields", "relations", "transitions", "states", "rules", "effects")
_PLAIN = re.compile(r"(?:-?[A-Za-z_(]|[0-9])[^:#'\"{}\[\],\\\n\r\t]*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NOT_PLAIN = re.compile(r"true|false|null|yes|no|on|off|y|n|[0-9.][0-9a-foxtz_.+-]*", re.IGNORECASE)
"""What some reader of YAML takes for something else than a text."""
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write(data: dict[str, Any], comments: Comments | None = None) -> str:
    """The canonical text of the plain form of a Blueprint, with the comments given."""
    settled = (comments or Comments()).settled(data)
    lines = [*settled.above.get((), ())]
    lines += _Writer(settled).mapping(data, (), "")
    lines += settled.end
    return "\n".join(lines).lstrip("\n") + "\n"


class _Writer:
    def __init__(self, comments: Comments) -> None:
        self._comments = comments

    def mapping(self, data: dict[str, Any], path: Path, indent: str) -> Iterator[str]:
        """The lines of a mapping, one entry after the other."""
        for key, value in data.items():
            below = (*path, key)
            yield from self._above(below, indent)
            yield from self._entry(f"{indent}{_key(key)}:", value, below, indent)

    def _sequence(self, data: list[Any], path: Path, indent: str) -> Iterator[str]:
        for index, value in enumerate(data):
            below = (*path, index)
            yield from self._above(below, indent)
            if self._needs_block(value, below, len(indent) + 2):
                yield from self._block_item(value, below, indent)
            else:
                yield self._behind(f"{indent}- {flow(value)}", below)

    def _block_item(self, value: Any, path: Path, indent: str) -> Iterator[str]:
        """An item that does not fit into a line: its first line follows the dash."""
        inner = indent + _INDENT
        if isinstance(value, str):
            yield from self._text(f"{indent}-", value, path, indent)
            return
        write_lines = self.mapping if isinstance(value, dict) else self._sequence
        lines = list(write_lines(value, path, inner))
        if path in self._comments.behind or lines[0].lstrip().startswith("#"):
            yield self._behind(f"{indent}-", path)
            yield from lines
        else:
            yield f"{indent}- {lines[0][len(inner) :]}"
            yield from lines[1:]

    def _entry(self, head: str, value: Any, path: Path, indent: str) -> Iterator[str]:
        if not self._needs_block(value, path, len(head) + 1):
            yield self._behind(f"{head} {flow(value)}", path)
        elif isinstance(value, str):
            yield from self._text(head, value, path, indent)
        else:
            yield self._behind(head, path)
            if isinstance(value, dict):
                yield from self.mapping(value, path, indent + _INDENT)
            else:
                yield from self._sequence(value, path, indent + _INDENT)

    def _text(self, head: str, value: str, path: Path, indent: str) -> Iterator[str]:
        """A text of several lines."""
        kept = "" if value.endswith("\n") else "-"
        yield self._behind(f"{head} |{kept}", path)
        for line in value.removesuffix("\n").split("\n"):
            yield f"{indent}{_INDENT}{line}" if line else ""

    def _needs_block(self, value: Any, path: Path, column: int) -> bool:
        if isinstance(value, str):
            return _is_block_text(value)
        if not isinstance(value, dict | list) or not value:
            return False
        if _always_block(path) or self._comments.inside(path) or _has_lines(value):
            return True
        return column + len(flow(value)) > WIDTH

    def _above(self, path: Path, indent: str) -> Iterator[str]:
        for line in self._comments.above.get(path, ()):
            yield f"{indent}{line}" if line else ""

    def _behind(self, line: str, path: Path) -> str:
        comment = self._comments.behind.get(path)
        return line if comment is None else f"{line}  {comment}"


def _always_block(path: Path) -> bool:
    """Whether named things stand at this path, each of which has its own line."""
    if path[0] not in _SECTIONS:
        return False
    if len(path) <= 2:
        return path[0] in ("entities", "operations") or len(path) == 1
    return path[-1] in _NAMED and len(path) <= 5


def _has_lines(value: Any) -> bool:
    """Whether some text in it has several lines."""
    if isinstance(value, dict):
        return any(_has_lines(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_lines(item) for item in value)
    return isinstance(value, str) and _is_block_text(value)


def _is_block_text(value: str) -> bool:
    """Whether a text can and should be written line by line."""
    if "\n" not in value.rstrip("\n") or value.endswith("\n\n") or not _is_printable(value):
        return False
    lines = value.split("\n")
    return (
        not lines[0].startswith((" ", "\t"))
        and all(line == line.rstrip() and "\r" not in line for line in lines)
        and bool(lines[0])
    )


def _is_printable(value: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in value)


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def _key(name: str) -> str:
    """A key; names need no quotes, not even `on`."""
    return name if _NAME.fullmatch(name) else scalar(name)


def scalar(value: Any) -> str:
    """A scalar: without quotes where it could be nothing else."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case _:
            return _string(str(value))


def _string(text: str) -> str:
    if (
        _PLAIN.fullmatch(text)
        and text == text.strip()
        and text.isprintable()
        and not _NOT_PLAIN.fullmatch(text)
    ):
        return text
    if '"' in text and "'" not in text and "\\" not in text and text.isprintable():
        return f"'{text}'"
    if "\\" in text and '"' not in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"

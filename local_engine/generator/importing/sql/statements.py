"""Takes a DDL text apart into statements, so that one that cannot be read does not hide others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.importing.report import ImportRefused

MAX_STATEMENTS = 200_000
"""More are not looked at one by one."""

_COPY = re.compile(r"^(COPY\s[^;]*?\sFROM\s+stdin\b[^;]*;)\n(?:.*\n)*?\\\.[ \t]*$", re.I | re.M)
_CLIENT = re.compile(r"^[ \t]*(?:\\[A-Za-z!].*|(?:DELIMITER|USE)\s.*)$", re.I | re.M)
_COMMON = [
    r"(?P<comment>--[^\n]*)",
    r"(?P<open>/\*)",
    r"(?P<quoted>\"(?:[^\"]|\"\")*\")",
    r"(?P<end>;)",
]
_STRINGS = {
    "postgres": [
        r"(?P<escaped>\b[eE]'(?:[^'\\]|\\.|'')*')",
        r"(?P<text>'(?:[^']|'')*')",
        r"(?P<dollar>\$(?P<tag>(?:[A-Za-z_][A-Za-z_0-9]*)?)\$.*?\$(?P=tag)\$)",
    ],
    "mysql": [
        r"(?P<hash>\#[^\n]*)",
        r"(?P<text>'(?:[^'\\]|\\.|'')*')",
        r"(?P<ticks>`(?:[^`]|``)*`)",
    ],
    "sqlite": [
        r"(?P<text>'(?:[^']|'')*')",
        r"(?P<ticks>`(?:[^`]|``)*`)",
        r"(?P<brackets>\[[^\]]*\])",
    ],
}
_UNCLOSED = r"(?P<unclosed>['\"`])"
_LINE_ENDS = r"(?P<line>\n)"
_SCANNERS = {
    dialect: re.compile("|".join([*strings, *_COMMON, _UNCLOSED, _LINE_ENDS]), re.S)
    for dialect, strings in _STRINGS.items()
}
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_ROUTINE = re.compile(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:TEMP\w*\s+)?(?:CONSTRAINT\s+)?"
    r"(?:FUNCTION|PROCEDURE|TRIGGER|EVENT)\b",
    re.I,
)
_BLOCK_WORDS = re.compile(r"\b(?:BEGIN|CASE|END(?:\s+(?:IF|LOOP|WHILE|CASE|REPEAT))?)\b", re.I)
_TEXTS = re.compile(r"\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'", re.S)
_VERSIONED = re.compile(r"/\*!\d*(.*?)\*/", re.S)
"""MySQL runs what stands in such comments."""


@dataclass(frozen=True)
class Statement:
    """A statement without its comments and its semicolon, and the line that it begins in."""

    text: str
    line: int


def statements(text: str, dialect: str) -> Iterator[Statement]:
    """The statements of a DDL text, in order; data between them (COPY) is passed over.

    Raises ImportRefused where a text or comment has no end, or there are too many statements.
    """
    text = text.replace("\r\n", "\n")
    text = _COPY.sub(lambda found: found[1] + "\n" * found.group().count("\n"), text)
    text = _CLIENT.sub("", text)
    if dialect == "mysql":
        text = _VERSIONED.sub(r"\1", text)
    for count, statement in enumerate(_joined(_Splitter(text, dialect).split())):
        if count == MAX_STATEMENTS:
            raise ImportRefused(
                f"the source has more than {MAX_STATEMENTS} statements",
                "leave the data out of the dump: pg_dump --schema-only, mysqldump --no-data",
            )
        yield statement


class _Splitter:
    def __init__(self, text: str, dialect: str) -> None:
        self._text = text
        self._scanner = _SCANNERS[dialect]

    def split(self) -> Iterator[Statement]:
        text, position, begin, line = self._text, 0, 0, 1
        parts: list[str] = []
        started = 0
        while (found := self._scanner.search(text, position)) is not None:
            piece = text[begin : found.start()]
            if not started and (
                piece.strip() or found.lastgroup not in ("line", "comment", "hash", "open")
            ):
                started = line
            position = found.end()
            match found.lastgroup:
                case "comment" | "hash":
                    parts.append(piece)
                    begin = position
                case "open":
                    position = self._end_of_comment(position, line)
                    parts += [piece, " "]
                    begin = position
                    line += text.count("\n", found.start(), position)
                    continue
                case "end":
                    yield from _statement([*parts, piece], started)
                    parts, begin, started = [], position, 0
                case "unclosed":
                    raise ImportRefused(
                        f"line {line}: a text or name begins with {found.group()} and has no end",
                        "correct the source, or say its dialect",
                    )
            line += text.count("\n", found.start(), position)
        yield from _statement([*parts, text[begin:]], started or line)

    def _end_of_comment(self, position: int, line: int) -> int:
        """Where a block comment ends; PostgreSQL's may hold others."""
        depth = 1
        for edge in _BLOCK_EDGE.finditer(self._text, position):
            depth += 1 if edge.group() == "/*" else -1
            if depth == 0:
                return edge.end()
        raise ImportRefused(f"line {line}: a comment begins with /* and has no end")


def _statement(parts: list[str], line: int) -> Iterator[Statement]:
    text = "".join(parts).strip()
    if text:
        yield Statement(text, line)


def _joined(found: Iterator[Statement]) -> Iterator[Statement]:
    """Puts the bodies of routines together again: there are semicolons between BEGIN and END."""
    for statement in found:
        if not _ROUTINE.match(statement.text):
            yield statement
            continue
        text, depth = statement.text, _depth(statement.text)
        while depth > 0:
            following = next(found, None)
            if following is None:
                break
            text, depth = f"{text};\n{following.text}", depth + _depth(following.text)
        yield Statement(text, statement.line)


def _depth(text: str) -> int:
    """How many blocks a piece of a routine opens more than it closes; texts in it do not count."""
    depth = 0
    for word in _BLOCK_WORDS.findall(_TEXTS.sub(" ", text)):
        if word.upper() in ("BEGIN", "CASE"):
            depth += 1
        elif word.upper().split() in (["END"], ["END", "CASE"]):
            depth -= 1
    return depth

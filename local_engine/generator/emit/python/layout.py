"""Line breaking: documents with optional breaks, printed in at most `WIDTH` columns.

The algebra is that of Wadler's pretty printer, as ruff's formatter uses it: a group is printed on
one line if it fits, else all of its own breaks become line breaks. Whoever builds documents the
way ruff does therefore gets exactly the lines that `ruff format` would make.

A document is a text without line breaks, a tuple of documents one after the other, or one of the
classes below.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 100
INDENT = 4


@dataclass(slots=True)
class Break:
    """A line break if the group around it is broken, else `flat` (nothing or a blank)."""

    flat: str = ""


@dataclass(slots=True)
class Verbatim:
    """Several lines that are printed as they are, without indentation: a long string."""

    value: str


@dataclass(slots=True)
class Choice:
    """`broken` where the group around it is broken, else `flat`."""

    broken: str
    flat: str = ""


@dataclass(slots=True)
class Indent:
    """Lines begun inside are indented one step further."""

    inner: Doc


@dataclass(slots=True)
class Group:
    """Printed on one line if it fits."""

    inner: Doc


@dataclass(slots=True)
class Either:
    """`bare` if everything before its own line breaks fits on the line, else `bracketed`.

    `head` is the text of `bare` before the first place where it can break.
    """

    head: str
    bare: Doc
    bracketed: Doc


Doc = str | tuple["Doc", ...] | Either | Break | Verbatim | Choice | Indent | Group

SOFT = Break()
SPACE = Break(" ")
COMMA_SPACE: Doc = (",", SPACE)
TRAILING_COMMA = Choice(",")


def separated(items: Iterable[Doc], separator: Doc) -> Doc:
    """These items with `separator` between them."""
    parts: list[Doc] = []
    for item in items:
        if parts:
            parts.append(separator)
        parts.append(item)
    return tuple(parts)


def block(opening: str, inner: Doc, closing: str) -> Doc:
    """A bracket pair whose content moves to lines of its own when it does not fit."""
    return Group((opening, Indent((SOFT, inner)), SOFT, closing))


def comma_separated(items: Sequence[Doc]) -> Doc:
    """Items with commas, and a trailing comma where they stand on lines of their own."""
    return (separated(items, COMMA_SPACE), TRAILING_COMMA)


def optional_parentheses(inner: Doc) -> Doc:
    """Parentheses appear only if `inner` does not fit on the line."""
    return Group((Choice("("), Indent((SOFT, Group(inner))), SOFT, Choice(")")))


_Task = tuple[int, bool, Doc]
"""A document to be printed: its indentation, and whether the group around it is broken."""


def render(doc: Doc, indent: int = 0) -> str:
    """The text of a document that begins at column `indent`; no line ends in blanks."""
    pieces: list[str] = []
    if _on_one_line(doc, pieces, WIDTH - indent, broken=True) >= 0:
        return "".join(pieces)
    pieces.clear()
    column = indent
    widths: dict[int, int] = {}
    stack: list[_Task] = [(indent, True, doc)]
    while stack:
        margin, broken, part = stack.pop()
        if isinstance(part, str):
            pieces.append(part)
            column += len(part)
        elif isinstance(part, tuple):
            stack.extend([(margin, broken, inner) for inner in reversed(part)])
        elif isinstance(part, Group):
            width = _width(part, widths)
            if width == _SEVERAL_LINES:
                fits = _fits((margin, False, part.inner), stack, WIDTH - column)
            elif fits := _fits((margin, False, ""), stack, WIDTH - column - width):
                part = Group(_flat(part.inner))
            stack.append((margin, not fits, part.inner))
        elif isinstance(part, Indent):
            stack.append((margin + INDENT, broken, part.inner))
        elif isinstance(part, Either):
            fits = len(part.head) <= WIDTH - column
            stack.append((margin, broken, part.bare if fits else part.bracketed))
        elif isinstance(part, Break) and broken:
            pieces.append("\n" + " " * margin)
            column = margin
        elif isinstance(part, Verbatim):
            pieces.append(part.value)
            column = len(part.value) - part.value.rfind("\n") - 1
        else:
            text = part.broken if broken and isinstance(part, Choice) else part.flat
            pieces.append(text)
            column += len(text)
    return "".join(pieces)


def _on_one_line(doc: Doc, pieces: list[str], room: int, *, broken: bool) -> int:
    """Collect the text of a document that needs no line break, as most need none.

    Returns the room that is left, negative if it does not fit or must have a break.
    """
    if isinstance(doc, str):
        pieces.append(doc)
        return room - len(doc)
    if isinstance(doc, tuple):
        for part in doc:
            if isinstance(part, str):
                pieces.append(part)
                room -= len(part)
            else:
                room = _on_one_line(part, pieces, room, broken=broken)
            if room < 0:
                return room
        return room
    if isinstance(doc, Group):
        return _on_one_line(doc.inner, pieces, room, broken=False)
    if isinstance(doc, Indent):
        return _on_one_line(doc.inner, pieces, room, broken=broken)
    if isinstance(doc, Either):
        return _on_one_line(doc.bare, pieces, room, broken=False)
    if isinstance(doc, Verbatim) or (broken and isinstance(doc, Break)):
        return -1
    text = doc.broken if broken and isinstance(doc, Choice) else doc.flat
    pieces.append(text)
    return room - len(text)


def _flat(doc: Doc) -> str:
    pieces: list[str] = []
    _on_one_line(doc, pieces, sys.maxsize, broken=False)
    return "".join(pieces)


_SEVERAL_LINES = -1


def _width(doc: Doc, known: dict[int, int]) -> int:
    """The columns of a document on one line, or that it has several in any case.

    `known` are the widths of the groups inside, by identity: each is measured once.
    """
    if isinstance(doc, str):
        return len(doc)
    if isinstance(doc, tuple):
        total = 0
        for part in doc:
            if isinstance(part, str):
                total += len(part)
            elif (width := _width(part, known)) == _SEVERAL_LINES:
                return _SEVERAL_LINES
            else:
                total += width
        return total
    if isinstance(doc, Group):
        if id(doc) not in known:
            known[id(doc)] = _width(doc.inner, known)
        return known[id(doc)]
    if isinstance(doc, Indent):
        return _width(doc.inner, known)
    if isinstance(doc, Either):
        return _width(doc.bare, known)
    return _SEVERAL_LINES if isinstance(doc, Verbatim) else len(doc.flat)


def _fits(first: _Task, rest: list[_Task], room: int) -> bool:
    """Whether everything up to the next possible line break fits into `room` columns."""
    stack = [first]
    following = len(rest)
    while room >= 0:
        if not stack:
            if following == 0:
                return True
            following -= 1
            stack.append(rest[following])
        margin, broken, part = stack.pop()
        if isinstance(part, str):
            room -= len(part)
        elif isinstance(part, tuple):
            stack.extend([(margin, broken, inner) for inner in reversed(part)])
        elif isinstance(part, Indent | Group):
            # In what follows the group, the first place that can break ends the line.
            stack.append((margin, broken, part.inner))
        elif isinstance(part, Either):
            stack.append((margin, broken, part.bare))
        elif isinstance(part, Verbatim):
            # Only its first line has to fit; the rest lies outside this line.
            return room >= part.value.index("\n")
        elif isinstance(part, Break):
            if broken:
                return True
            room -= len(part.flat)
        else:
            room -= len(part.broken if broken else part.flat)
    return False

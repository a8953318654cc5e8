"""Line breaking: documents with optional breaks, printed in at most `width` columns.

The algebra is that of Wadler's pretty printer, as ruff's formatter uses it: a group is printed on
one line if it fits, else all of its own breaks become line breaks. Whoever builds documents the
way ruff does therefore gets exactly the lines that `ruff format` would make.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 100
INDENT = 4


@dataclass(frozen=True)
class Text:
    """Characters without a line break."""

    value: str


@dataclass(frozen=True)
class Break:
    """A line break if the group around it is broken, else `flat` (nothing or a blank)."""

    flat: str = ""
    always: bool = False


@dataclass(frozen=True)
class Verbatim:
    """Several lines that are printed as they are, without indentation: a long string."""

    value: str


@dataclass(frozen=True)
class Choice:
    """`broken` where the group around it is broken, else `flat`."""

    broken: str
    flat: str = ""


@dataclass(frozen=True)
class Indent:
    """Lines begun inside are indented one step further."""

    inner: Doc


@dataclass(frozen=True)
class Group:
    """Printed on one line if it fits."""

    inner: Doc


@dataclass(frozen=True)
class Sequential:
    """One after the other."""

    parts: tuple[Doc, ...]


Doc = Text | Break | Verbatim | Choice | Indent | Group | Sequential

SOFT = Break()
SPACE = Break(" ")
HARD = Break(always=True)


def join(*parts: Doc | str) -> Doc:
    """These parts one after the other."""
    return Sequential(tuple(Text(part) if isinstance(part, str) else part for part in parts))


def separated(items: Iterable[Doc], separator: Doc) -> Doc:
    """These items with `separator` between them."""
    parts: list[Doc] = []
    for item in items:
        if parts:
            parts.append(separator)
        parts.append(item)
    return Sequential(tuple(parts))


def block(opening: str, inner: Doc, closing: str) -> Doc:
    """A bracket pair whose content moves to lines of its own when it does not fit."""
    return Group(join(opening, Indent(join(SOFT, inner)), SOFT, closing))


def comma_separated(items: Sequence[Doc]) -> Doc:
    """Items with commas, and a trailing comma where they stand on lines of their own."""
    return join(separated(items, join(",", SPACE)), Choice(","))


def optional_parentheses(inner: Doc) -> Doc:
    """Parentheses appear only if `inner` does not fit on the line."""
    return Group(join(Choice("("), Indent(join(SOFT, Group(inner))), SOFT, Choice(")")))


@dataclass(frozen=True)
class _Task:
    indent: int
    broken: bool
    doc: Doc


def render(doc: Doc, indent: int = 0) -> str:
    """The text of a document that begins at column `indent`; no line ends in blanks."""
    pieces: list[str] = []
    if _on_one_line(doc, pieces, WIDTH - indent, broken=True) >= 0:
        return "".join(pieces)
    pieces.clear()
    column = indent
    stack = [_Task(indent, True, doc)]
    while stack:
        task = stack.pop()
        match task.doc:
            case Text(value):
                pieces.append(value)
                column += len(value)
            case Verbatim(value):
                pieces.append(value)
                column = len(value) - value.rfind("\n") - 1
            case Choice(broken, flat):
                text = broken if task.broken else flat
                pieces.append(text)
                column += len(text)
            case Break(flat, always):
                if task.broken or always:
                    pieces.append("\n" + " " * task.indent)
                    column = task.indent
                else:
                    pieces.append(flat)
                    column += len(flat)
            case Indent(inner):
                stack.append(_Task(task.indent + INDENT, task.broken, inner))
            case Group(inner):
                flat_task = _Task(task.indent, False, inner)
                fits = _fits(flat_task, stack, WIDTH - column)
                stack.append(flat_task if fits else _Task(task.indent, True, inner))
            case Sequential(parts):
                stack.extend(_Task(task.indent, task.broken, part) for part in reversed(parts))
    return "".join(pieces)


def _on_one_line(doc: Doc, pieces: list[str], room: int, *, broken: bool) -> int:
    """Collect the text of a document that needs no line break, as most need none.

    Returns the room that is left, negative if it does not fit or must have a break.
    """
    match doc:
        case Text(value):
            pieces.append(value)
            return room - len(value)
        case Sequential(parts):
            for part in parts:
                room = _on_one_line(part, pieces, room, broken=broken)
                if room < 0:
                    return room
            return room
        case Group(inner):
            return _on_one_line(inner, pieces, room, broken=False)
        case Indent(inner):
            return _on_one_line(inner, pieces, room, broken=broken)
        case Choice(when_broken, flat):
            text = when_broken if broken else flat
            pieces.append(text)
            return room - len(text)
        case Break(flat, always):
            pieces.append(flat)
            return -1 if broken or always else room - len(flat)
        case Verbatim():
            return -1


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
        task = stack.pop()
        match task.doc:
            case Text(value):
                room -= len(value)
            case Verbatim(value):
                # Only its first line has to fit; the rest lies outside this line.
                return room >= value.index("\n")
            case Choice(broken, flat):
                room -= len(broken if task.broken else flat)
            case Break(flat, always):
                if task.broken or always:
                    # A hard break inside a flat group means that it cannot be flat.
                    return task.broken
                room -= len(flat)
            case Indent(inner) | Group(inner):
                # In what follows the group, the first place that can break ends the line.
                stack.append(_Task(task.indent, task.broken, inner))
            case Sequential(parts):
                stack.extend(_Task(task.indent, task.broken, part) for part in reversed(parts))
    return False

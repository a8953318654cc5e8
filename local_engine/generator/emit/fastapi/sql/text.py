"""How conditions and statements are put together, so that people can read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LINE = 84
"""Conditions up to this length stay on one line."""

TRUE = "true"
FALSE = "false"


def any_of(conditions: Iterable[str]) -> str:
    """A condition that holds where one of these does; brackets are part of it."""
    found = _distinct(conditions, without=FALSE)
    if TRUE in found:
        return TRUE
    return _joined(found, "OR", FALSE)


def all_of(conditions: Iterable[str]) -> str:
    """A condition that holds where all of these do; brackets are part of it."""
    found = _distinct(conditions, without=TRUE)
    if FALSE in found:
        return FALSE
    return _joined(found, "AND", TRUE)


def _distinct(conditions: Iterable[str], without: str) -> list[str]:
    return [condition for condition in dict.fromkeys(conditions) if condition != without]


def _joined(conditions: Sequence[str], operator: str, empty: str) -> str:
    if not conditions:
        return empty
    if len(conditions) == 1:
        return conditions[0]
    line = f"({f' {operator} '.join(conditions)})"
    if len(line) <= LINE and "\n" not in line:
        return line
    inner = f"\n{operator} ".join(conditions)
    return f"(\n{indented(inner)}\n)"


def indented(text: str, by: int = 4) -> str:
    """The text with every line indented."""
    margin = " " * by
    return "\n".join(margin + line if line else line for line in text.split("\n"))


def wrapped(items: Sequence[str], indent: int, width: int = LINE) -> str:
    """Items with commas, as many on a line as fit; further lines are indented by `indent`.

    An item of several lines stands on lines of its own.
    """
    lines = [""]
    for index, item in enumerate(items):
        piece = item + ("," if index < len(items) - 1 else "")
        current = lines[-1]
        crowded = len(current) + 1 + len(piece) + indent > width or "\n" in piece
        if current and crowded:
            lines.append(piece)
        else:
            lines[-1] = f"{current} {piece}" if current else piece
    return ("\n" + " " * indent).join(lines)


def placeholder(name: str) -> str:
    """A parameter of a statement."""
    return f"%({name})s"


def in_f_string(sql: str) -> str:
    """SQL as it stands in an f-string: braces are doubled."""
    return sql.replace("{", "{{").replace("}", "}}")

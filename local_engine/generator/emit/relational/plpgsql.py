"""Pieces of PL/pgSQL that the rules of a project are made of."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from local_engine.generator.emit.relational.names import literal, quote

INDENT = "    "
WIDTH = 84
"""Longest line inside a function, which stands some levels further in."""


def body(statements: Iterable[str], declarations: Sequence[str] = ()) -> str:
    """The body of a function."""
    declared = f"DECLARE\n{indented(declarations)}\n" if declarations else ""
    return f"{declared}BEGIN\n{indented(statements)}\nEND"


def indented(statements: Iterable[str]) -> str:
    """Statements one level further in, one below the other."""
    text = "\n".join(statements)
    return "\n".join(INDENT + line if line else line for line in text.split("\n"))


def if_then(condition: str, statements: Iterable[str]) -> str:
    """Statements that run where the condition holds; a long condition gets lines of its own."""
    head = f"IF {condition} THEN"
    if "\n" in condition or len(head) > WIDTH:
        head = f"IF\n{indented([wrapped(condition)])}\nTHEN"
    return f"{head}\n{indented(statements)}\nEND IF;"


def negated(condition: str) -> str:
    """The opposite of a condition."""
    line = f"NOT ({condition})"
    return line if len(line) <= WIDTH else f"NOT (\n{indented([wrapped(condition)])}\n)"


_TOKEN = re.compile(r"'(?:[^']|'')*'|\bCASE\b|\bEND\b|\bBETWEEN\b|[()]| AND | OR ")


def wrapped(condition: str) -> str:
    """A long condition with each part of its outermost AND or OR on a line of its own."""
    if len(condition) <= WIDTH or "\n" in condition:
        return condition
    depth, start, parts = 0, 0, []
    for token in _TOKEN.finditer(condition):
        match token[0]:
            case "(" | "CASE":
                depth += 1
            case ")" | "END":
                depth -= 1
            case "BETWEEN":
                return condition
            case " AND " | " OR " if depth == 0:
                parts.append(condition[start : token.start()])
                start = token.start() + 1
    return "\n".join([*parts, condition[start:]])


def all_of(*conditions: str) -> str:
    """Conditions that must all hold; each on its own line where one line would be too long."""
    line = " AND ".join(conditions)
    return line if len(line) <= WIDTH and "\n" not in line else "\nAND ".join(conditions)


def refuse(constraint: str, table: str, message: str) -> str:
    """Ends the statement as a violated check constraint of that name does."""
    return (
        "RAISE EXCEPTION USING\n"
        f"{INDENT}ERRCODE = 'check_violation', CONSTRAINT = {literal(constraint)},\n"
        f"{INDENT}TABLE = {literal(table)}, MESSAGE = {literal(message)};"
    )


def unchanged(columns: Sequence[str]) -> str:
    """Whether an update left these columns as they were."""
    return compared(columns, "IS NOT DISTINCT FROM")


def changed(columns: Sequence[str]) -> str:
    """Whether an update gave one of these columns another value."""
    return compared(columns, "IS DISTINCT FROM")


def compared(columns: Sequence[str], operator: str) -> str:
    """The row of OLD's columns against that of NEW's."""
    sides = [[f"{row}.{quote(column)}" for column in columns] for row in ("OLD", "NEW")]
    if len(columns) == 1:
        return f"{sides[0][0]} {operator} {sides[1][0]}"
    old, new = (f"({', '.join(side)})" for side in sides)
    if len(old) + len(operator) + len(new) <= WIDTH:
        return f"{old} {operator} {new}"
    old, new = (f"({listed(side)})" for side in sides)
    return f"{old}\n{operator}\n{new}"


def listed(parts: Iterable[str], width: int = WIDTH) -> str:
    """Parts with commas; in several lines, further in, where one would be too long."""
    text = ", ".join(parts)
    if len(text) <= width:
        return text
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return "\n" + indented(lines) + "\n"

"""Pieces of Python that know how tightly they bind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How tightly the outermost operator of a piece binds."""

    CONDITIONAL = 1
    OR = 2
    AND = 3
    NOT = 4
    COMPARISON = 5
    ADDITION = 10
    MULTIPLICATION = 11
    SIGN = 12
    PRIMARY = 14


@dataclass(frozen=True)
class Python:
    """A piece of Python; `exact` tells that it is an Instant or Day of the helpers."""

    text: str
    level: Level = Level.PRIMARY
    exact: bool = False

    def at(self, least: Level) -> str:
        """The text, in parentheses if it binds less tightly than `least`."""
        return self.text if self.level >= least else f"({self.text})"

    def over(self, level: Level) -> str:
        """The text, in parentheses unless it binds more tightly than `level`."""
        return self.text if self.level > level else f"({self.text})"


def binary(left: Python, operator: str, right: Python, level: Level, exact: bool = False) -> Python:
    """An operation that groups to the left."""
    return Python(f"{left.at(level)} {operator} {right.over(level)}", level, exact)

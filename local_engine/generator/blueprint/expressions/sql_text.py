"""Pieces of SQL that know how tightly they bind, so that parentheses stand only where needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import IntEnum
from uuid import UUID

UNICODE_COLLATION = '"pg_unicode_fast"'
"""Upper and lower case of all letters, as Python knows them."""
CODE_POINTS = '"C"'
"""Order by code point."""
_INT4_MAX = 2**31 - 1


class Level(IntEnum):
    """How tightly the outermost operator of a piece binds (PostgreSQL's table of precedence)."""

    OR = 1
    AND = 2
    NOT = 3
    IS = 4
    COMPARISON = 5
    IN = 6
    ADDITION = 8
    MULTIPLICATION = 9
    AT_TIME_ZONE = 11
    COLLATE = 12
    SIGN = 13
    PRIMARY = 15


@dataclass(frozen=True)
class Sql:
    """A piece of SQL.

    `int4` tells that PostgreSQL takes it for an integer of 32 bits. `collation` is a collation
    that was asked for in it, which would clash with another one.
    """

    text: str
    level: Level = Level.PRIMARY
    int4: bool = False
    collation: str | None = None

    def at(self, least: Level) -> str:
        """The text, in parentheses if it binds less tightly than `least`."""
        return self.text if self.level >= least else f"({self.text})"

    def over(self, level: Level) -> str:
        """The text, in parentheses unless it binds more tightly than `level`."""
        return self.text if self.level > level else f"({self.text})"


def collated(piece: Sql) -> Sql:
    """The text, compared by code point."""
    return Sql(
        f"{piece.at(Level.COLLATE)} COLLATE {CODE_POINTS}", Level.COLLATE, collation=CODE_POINTS
    )


def agreeing(pieces: Sequence[Sql]) -> list[Sql]:
    """Pieces whose values come together, so that no two ask for different collations."""
    asked = {piece.collation for piece in pieces if piece.collation}
    if len(asked) < 2:
        return list(pieces)
    return [collated(piece) for piece in pieces]


def common_collation(pieces: Sequence[Sql]) -> str | None:
    """The collation that the joined value of some pieces asks for."""
    return next((piece.collation for piece in pieces if piece.collation), None)


def sql_literal(value: object, *, parameters: bool) -> Sql:
    """A constant; `parameters` doubles percent signs, as psycopg wants them."""
    match value:
        case None:
            return Sql("NULL")
        case bool():
            return Sql("true" if value else "false")
        case int():
            level = Level.PRIMARY if value >= 0 else Level.SIGN
            return Sql(str(value), level, int4=abs(value) <= _INT4_MAX)
        case Decimal():
            return Sql(format(value, "f"), Level.SIGN if value.is_signed() else Level.PRIMARY)
        case _:
            text = _quoted(value)
            return Sql(text.replace("%", "%%") if parameters else text)


def _quoted(value: object) -> str:
    match value:
        case str():
            return "'" + value.replace("'", "''") + "'"
        case datetime():
            moment = value.astimezone(UTC).replace(tzinfo=None)
            return f"timestamptz '{moment.isoformat(' ')}+00'"
        case date():
            return f"date '{value.isoformat()}'"
        case time():
            return f"time '{value.isoformat()}'"
        case UUID():
            return f"uuid '{value}'"
        case _:
            raise TypeError(f"{value!r} cannot be written as SQL")


def int8(piece: Sql) -> Sql:
    """The integer, as one of 64 bits."""
    return Sql(f"{piece.at(Level.PRIMARY)}::bigint")


def call(function: str, *arguments: Sql, int4: bool = False) -> Sql:
    """A function call."""
    return Sql(f"{function}({', '.join(argument.text for argument in arguments)})", int4=int4)


def binary(left: Sql, operator: str, right: Sql, level: Level) -> Sql:
    """An operation that groups to the left."""
    return Sql(f"{left.at(level)} {operator} {right.over(level)}", level)


def negated(piece: Sql) -> Sql:
    """The condition with NOT before it."""
    return Sql(f"NOT {piece.over(Level.COMPARISON)}", Level.NOT)


def joined(pieces: Sequence[Sql], word: str, level: Level) -> Sql:
    """Conditions joined by AND or OR."""
    return Sql(f" {word} ".join(piece.at(level) for piece in pieces), level)


def with_int4(piece: Sql, int4: bool) -> Sql:
    """The piece, marked as an integer of 32 bits or not."""
    return replace(piece, int4=int4)

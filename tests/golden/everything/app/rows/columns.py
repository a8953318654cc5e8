"""Pieces of statements and values for columns that the client chose from an allow-list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from psycopg.types.json import Json


def assignments(columns: Iterable[str]) -> str:
    """The SET list of an UPDATE; each column takes the parameter of its name."""
    return ", ".join(f'"{column}" = %({column})s' for column in columns)


def unwrapped(value: Any) -> Any:
    """A value of a `jsonb` column as Python knows it, also one that is ready to be sent."""
    return value.obj if isinstance(value, Json) else value


def touched(given: Iterable[str], compared: Mapping[str, Collection[str]]) -> list[str]:
    """The columns that were given, and those that are compared with one of them."""
    found = list(given)
    also = [name for name, others in compared.items() if not set(others).isdisjoint(found)]
    return [*found, *(name for name in also if name not in found)]

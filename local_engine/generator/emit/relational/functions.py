"""Which of the functions beside PostgreSQL's own a project needs: those that its SQL calls."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from local_engine.generator.blueprint.expressions.sql_functions import SQL_FUNCTIONS, SqlFunction

_NAMES = "|".join(function.name for function in SQL_FUNCTIONS)
_CALL = re.compile(rf"\b({_NAMES})\(")
_CREATION = re.compile(rf"^CREATE FUNCTION ({_NAMES})\(", re.MULTILINE)


def called_in(sql: str) -> frozenset[SqlFunction]:
    """The functions that are called in SQL."""
    return _named(_CALL.findall(sql))


def called_by(files: Mapping[str, bytes]) -> frozenset[SqlFunction]:
    """The functions that the SQL in the Python modules among these files calls."""
    modules = (content.decode() for path, content in files.items() if path.endswith(".py"))
    # Few modules have such a name at all, and only in them is it to be told from Python's own.
    texts = (text for module in modules if _CALL.search(module) for text in _texts(module))
    return frozenset().union(*map(called_in, texts))


def created_by(migrations: Iterable[bytes]) -> frozenset[SqlFunction]:
    """The functions that these migrations create."""
    return frozenset().union(
        *(_named(_CREATION.findall(migration.decode())) for migration in migrations)
    )


def in_order(functions: Iterable[SqlFunction]) -> tuple[SqlFunction, ...]:
    """Functions, each once, in the order in which they are created."""
    wanted = set(functions)
    return tuple(function for function in SQL_FUNCTIONS if function in wanted)


def _named(names: Iterable[str]) -> frozenset[SqlFunction]:
    wanted = set(names)
    return frozenset(function for function in SQL_FUNCTIONS if function.name in wanted)


def _texts(module: str) -> Iterator[str]:
    """The literal texts in a module."""
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value

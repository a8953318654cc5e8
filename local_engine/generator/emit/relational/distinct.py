"""Names of indexes and functions that are distinct in the whole database.

They are put together from names of tables and columns, so two tables may come to the same one:
`a` with a column `b_c`, and `a_b` with a column `c`. The later one then gets a hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from local_engine.generator.emit.relational.names import MAX_BYTES, quote
from local_engine.generator.emit.relational.schema import Function, Table, Trigger


def with_distinct_names(tables: Iterable[Table]) -> Iterator[Table]:
    """The tables, with other names for indexes and functions that another table has already."""
    kept = list(tables)
    relations = {table.name for table in kept}
    for table in kept:
        relations |= {key.name for key in table.unique_keys}
        relations |= {exclusion.name for exclusion in table.exclusions}
    functions: set[str] = set()
    for table in kept:
        indexes = []
        for index in table.indexes:
            name = _free(index.name, table.name, relations)
            indexes.append(replace(index, name=name))
        renamed = {
            function.name: _free(function.name, table.name, functions)
            for function in table.functions
        }
        yield replace(
            table,
            indexes=tuple(indexes),
            functions=tuple(_renamed(function, renamed) for function in table.functions),
            triggers=tuple(_running(trigger, renamed) for trigger in table.triggers),
        )


def _free(name: str, table: str, taken: set[str]) -> str:
    """The name, or one with a hash if it is taken; it is taken afterwards."""
    if name in taken:
        digest = hashlib.sha256(f"{table}.{name}".encode()).hexdigest()[:8]
        name = f"{name[: MAX_BYTES - 9]}_{digest}"
    taken.add(name)
    return name


def _renamed(function: Function, renamed: dict[str, str]) -> Function:
    return replace(function, signature=f"{quote(renamed[function.name])}()")


def _running(trigger: Trigger, renamed: dict[str, str]) -> Trigger:
    return replace(trigger, function=renamed.get(trigger.function, trigger.function))

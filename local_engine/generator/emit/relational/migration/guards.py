"""Statements that stop a migration, with a message that says why, before it would break."""

from __future__ import annotations

from local_engine.generator.emit.relational.migration.changes import Item
from local_engine.generator.emit.relational.names import literal, quote
from local_engine.generator.emit.relational.plpgsql import indented
from local_engine.generator.emit.relational.schema import (
    Check,
    Exclusion,
    ForeignKey,
    UniqueKey,
)
from local_engine.generator.emit.relational.statements import dollar_quoted

REMEDY = "Change or delete these rows, then migrate again."


def refuse_rows(table: str, condition: str, complaint: str) -> str:
    """Counts the rows for which the condition holds ("": all) and stops if there are any.

    The message is "<count> row(s) of <table> <complaint>"; a complaint says what to do, too.
    """
    where = [f"WHERE {condition}"] if condition else []
    counting = indented([f"SELECT count(*) FROM {quote(table)}", *where])
    message = literal(f" row(s) of {table} {complaint}")
    body = "\n".join(
        [
            "DECLARE",
            f"    broken bigint := (\n{indented([counting])}\n    );",
            "BEGIN",
            "    IF broken > 0 THEN",
            f"        RAISE EXCEPTION USING MESSAGE = broken || {message};",
            "    END IF;",
            "END",
        ]
    )
    return f"DO {dollar_quoted(body)};"


def item_guard(table: str, item: Item) -> str | None:
    """The guard before a constraint is added to a table with rows; None for plain indexes."""
    condition = broken_rows(table, item)
    if condition is None:
        return None
    return refuse_rows(table, condition, f"break the new rule {item.name}. {REMEDY}")


def broken_rows(table: str, item: Item) -> str | None:
    """The condition that holds for rows which break a constraint; None for plain indexes."""
    here = quote(table)
    match item:
        case Check(condition=condition):
            return f"NOT ({condition})"
        case ForeignKey(columns=columns, target=target, target_columns=targets):
            filled = " AND ".join(f"{here}.{quote(column)} IS NOT NULL" for column in columns)
            same = " AND ".join(
                f"other.{quote(there)} = {here}.{quote(column)}"
                for column, there in zip(columns, targets, strict=True)
            )
            return f"{filled} AND NOT EXISTS (SELECT FROM {quote(target)} AS other WHERE {same})"
        case UniqueKey(elements=elements, where=where):
            return _twins(table, [(element, "=") for element in elements], where)
        case Exclusion(elements=pairs, where=where):
            return _twins(table, list(pairs), where)
    return None


def _twins(table: str, pairs: list[tuple[str, str]], where: str | None) -> str:
    """Rows that clash with another one: each row's values, as a list, against the others'."""
    values = ", ".join(f"{element} AS v{number}" for number, (element, _) in enumerate(pairs))
    clash = " AND ".join(
        f"one.v{number} {operator} two.v{number}" for number, (_, operator) in enumerate(pairs)
    )
    counted = f" WHERE {where}" if where else ""
    rows = f"(SELECT id, {values} FROM {quote(table)}{counted})"
    found = f"SELECT one.id FROM {rows} AS one JOIN {rows} AS two ON one.id <> two.id AND {clash}"
    return f"id IN ({found})"

"""SQL statements, one function for each kind; each returns a whole statement with its semicolon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from local_engine.generator.emit.relational.names import literal, quote
from local_engine.generator.emit.relational.plpgsql import INDENT, indented
from local_engine.generator.emit.relational.schema import (
    Check,
    Column,
    Exclusion,
    ForeignKey,
    Function,
    Index,
    Table,
    Trigger,
    UniqueKey,
)

WIDTH = 100
"""Longest line that is written as one, in characters."""

Constraint = Check | UniqueKey | Exclusion | ForeignKey


def create_extension(name: str) -> str:
    """Makes an extension available; it may be there already."""
    return f"CREATE EXTENSION IF NOT EXISTS {quote(name)};"


def create_table(table: Table, keys: Iterable[ForeignKey]) -> str:
    """The table with its columns and constraints, and those of its foreign keys."""
    constraints = [primary_key(table)]
    constraints += [constraint(item) for item in constraints_of(table)]
    constraints += [constraint(key) for key in keys]
    columns = ",\n".join(INDENT + line for line in _aligned(table.columns))
    rules = ",\n".join(INDENT + line.replace("\n", "\n" + INDENT) for line in constraints)
    return f"CREATE TABLE {quote(table.name)} (\n{columns},\n\n{rules}\n);"


def _aligned(columns: Sequence[Column]) -> Iterator[str]:
    """Column definitions with names, types and the rest below one another."""
    names = max(len(quote(column.name)) for column in columns)
    types = max(len(full_type(column)) for column in columns)
    for column in columns:
        start = f"{quote(column.name):{names}}  {full_type(column):{types}}"
        yield f"{start}  {_rest(column)}".rstrip()


def full_type(column: Column) -> str:
    """The type with the collation."""
    return f"{column.type} COLLATE {column.collation}" if column.collation else column.type


def _rest(column: Column) -> str:
    parts = [] if column.nullable else ["NOT NULL"]
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if column.generated is not None:
        parts.append(f"GENERATED ALWAYS AS ({column.generated}) STORED")
    return " ".join(parts)


def column(definition: Column) -> str:
    """A column as CREATE TABLE and ADD COLUMN know it."""
    return f"{quote(definition.name)} {full_type(definition)} {_rest(definition)}".rstrip()


def constraints_of(table: Table) -> list[Check | UniqueKey | Exclusion]:
    """What stands inside CREATE TABLE, but for the keys."""
    unique = [key for key in table.unique_keys if is_constraint(key)]
    return [*table.checks, *unique, *table.exclusions]


def unique_indexes_of(table: Table) -> list[UniqueKey]:
    """Unique keys that only an index can express."""
    return [key for key in table.unique_keys if not is_constraint(key)]


def is_constraint(key: UniqueKey) -> bool:
    """Whether a constraint can express it: whole columns, all rows."""
    return key.where is None and not any("(" in element for element in key.elements)


def primary_key(table: Table) -> str:
    """The primary key inside CREATE TABLE."""
    return f"CONSTRAINT {primary_key_name(table.name)} PRIMARY KEY {_list(table.primary_key)}"


def primary_key_name(table: str) -> str:
    """The name that PostgreSQL would give it, too."""
    return quote(f"{table}_pkey")


def constraint(item: Constraint) -> str:
    """A constraint as CREATE TABLE and ADD know it."""
    head, definition = f"CONSTRAINT {quote(item.name)}", _definition(item)
    line = f"{head} {definition}"
    first = line.partition("\n")[0]
    if len(first) <= WIDTH - 6:
        return line
    return f"{head}\n{indented([definition])}"


def _definition(item: Constraint) -> str:
    match item:
        case Check(_, condition):
            return f"CHECK ({condition})"
        case UniqueKey(_, elements):
            return f"UNIQUE ({', '.join(elements)})"
        case Exclusion(_, elements, where):
            pairs = ", ".join(f"{expression} WITH {operator}" for expression, operator in elements)
            condition = f"\n{INDENT}WHERE ({where})" if where else ""
            return f"EXCLUDE USING gist ({pairs}){condition}"
        case ForeignKey(_, columns, target, target_columns, on_delete):
            end = f"REFERENCES {quote(target)} {_list(target_columns)}"
            end = f"{end} ON DELETE {_on_delete(on_delete, columns)}"
            line = f"FOREIGN KEY {_list(columns)} {end}"
            return (
                line if len(line) <= WIDTH - 10 else f"FOREIGN KEY {_list(columns)}\n{INDENT}{end}"
            )


def _on_delete(action: str, columns: Sequence[str]) -> str:
    """Of several columns (tenant and id), only the last is set to null."""
    alone = action == "set null" and len(columns) > 1
    return action.upper() + (f" ({quote(columns[-1])})" if alone else "")


def alter_table(table: str, actions: Iterable[str]) -> str:
    """Changes a table in one go; each action on a line of its own."""
    lines = f",\n{INDENT}".join(action.replace("\n", "\n" + INDENT) for action in actions)
    return f"ALTER TABLE {quote(table)}\n{INDENT}{lines};"


def add_constraint(table: str, item: Constraint) -> str:
    """Adds a constraint to a table that is there."""
    return alter_table(table, [f"ADD {constraint(item)}"])


def drop_item(table: str, item: Constraint | Index) -> str:
    """Removes a constraint or an index."""
    if isinstance(item, Index) or (isinstance(item, UniqueKey) and not is_constraint(item)):
        return f"DROP INDEX {quote(item.name)};"
    return alter_table(table, [f"DROP CONSTRAINT {quote(item.name)}"])


def rename_item(table: str, item: Constraint | Index | None, old: str, new: str) -> str:
    """Gives a constraint (None: the primary key) or an index another name."""
    if isinstance(item, Index) or (isinstance(item, UniqueKey) and not is_constraint(item)):
        return f"ALTER INDEX {quote(old)} RENAME TO {quote(new)};"
    return alter_table(table, [f"RENAME CONSTRAINT {quote(old)} TO {quote(new)}"])


def add_item(table: str, item: Constraint | Index) -> str:
    """Adds a constraint or an index to a table that is there."""
    if isinstance(item, Index):
        return create_index(table, item)
    if isinstance(item, UniqueKey) and not is_constraint(item):
        return create_unique_index(table, item)
    return add_constraint(table, item)


def create_unique_index(table: str, key: UniqueKey) -> str:
    """A unique key that a constraint cannot express."""
    where = f"\n{INDENT}WHERE {key.where}" if key.where else ""
    elements = ", ".join(key.elements)
    return f"CREATE UNIQUE INDEX {quote(key.name)} ON {quote(table)} ({elements}){where};"


def create_index(table: str, index: Index) -> str:
    """An index."""
    method = "" if index.method == "btree" else f" USING {index.method}"
    head = f"CREATE INDEX {quote(index.name)} ON {quote(table)}{method}"
    elements = ", ".join(index.elements)
    line = f"{head} ({elements});"
    return line if len(line) <= WIDTH else f"{head}\n{INDENT}({elements});"


def create_function(function: Function) -> str:
    """A function; replaces one of the same name and arguments."""
    text = f"CREATE OR REPLACE FUNCTION {function.signature} RETURNS {function.returns}"
    options = f"LANGUAGE {function.language}"
    if function.properties:
        options += f" {function.properties}"
    body = f"{text}\n{options} AS {dollar_quoted(function.body)};"
    if not function.description:
        return body
    comment = (
        f"COMMENT ON FUNCTION {function.signature} IS\n{INDENT}{literal(function.description)};"
    )
    return f"{body}\n{comment}"


def dollar_quoted(body: str) -> str:
    """A block of code between dollar signs that do not occur in it."""
    tag = "$$"
    while tag in body:
        tag = f"${'body' if tag == '$$' else tag[1:-1] + '_'}$"
    return f"{tag}\n{body}\n{tag}"


def drop_function(function: Function) -> str:
    """Removes a function that nothing needs any more."""
    return f"DROP FUNCTION {function.signature};"


def create_trigger(table: str, trigger: Trigger) -> str:
    """A trigger for each row."""
    events = " OR ".join(trigger.events)
    head = f"CREATE TRIGGER {quote(trigger.name)} {trigger.timing} {events} ON {quote(table)}"
    lines = [head, "FOR EACH ROW"]
    if trigger.condition is not None and "\n" in trigger.condition:
        lines.append(f"WHEN (\n{indented([trigger.condition])}\n)")
    elif trigger.condition is not None:
        lines.append(f"WHEN ({trigger.condition})")
    arguments = ", ".join(literal(argument) for argument in trigger.arguments)
    lines.append(f"EXECUTE FUNCTION {quote(trigger.function)}({arguments});")
    return f"{lines[0]}\n{indented(lines[1:])}"


def drop_trigger(table: str, trigger: Trigger) -> str:
    """Removes a trigger."""
    return f"DROP TRIGGER {quote(trigger.name)} ON {quote(table)};"


def comments(table: Table) -> Iterator[str]:
    """What the Blueprint says of the table and its columns."""
    if table.description and not table.fixed:
        yield comment_on_table(table.name, table.description)
    for item in table.columns:
        if item.description:
            yield comment_on_column(table.name, item.name, item.description)


def comment_on_table(table: str, text: str) -> str:
    """The description of a table; an empty text removes it."""
    return f"COMMENT ON TABLE {quote(table)} IS {_text(text)};"


def comment_on_column(table: str, name: str, text: str) -> str:
    """The description of a column; an empty text removes it."""
    return f"COMMENT ON COLUMN {quote(table)}.{quote(name)} IS {_text(text)};"


def _text(text: str) -> str:
    return literal(text) if text else "NULL"


def _list(names: Iterable[str]) -> str:
    return f"({', '.join(quote(name) for name in names)})"

"""Names in the database: tables, columns, constraints, and how SQL quotes them.

The one place that knows how a Blueprint's names become SQL names. PostgreSQL cuts names off
silently after 63 bytes, so longer ones are shortened here, with a hash that keeps them distinct.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from local_engine.generator.blueprint.resolved import USER, Entity, Field, FieldType, Links
from local_engine.generator.emit.relational.keywords import RESERVED

FILES = "files"
USER_TABLE = "users"
"""The fixed table that holds uploaded files; file columns refer to its `id`."""

COLLATION = '"pg_c_utf8"'
"""Text folds its case by Unicode and compares by code point, whatever the server's locale."""

MAX_BYTES = 63
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """The snake_case form of a PascalCase name: `OrderLine` is `order_line`."""
    return _BOUNDARY.sub("_", name).lower()


def shortened(name: str) -> str:
    """The name itself if PostgreSQL keeps it whole, else a prefix of it with a hash."""
    if len(name.encode()) <= MAX_BYTES:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: MAX_BYTES - 9].rstrip('_')}_{digest}"


def quote(identifier: str) -> str:
    """An identifier as SQL needs it: in double quotes only where it could not stand bare."""
    if _PLAIN.fullmatch(identifier) and identifier not in RESERVED:
        return identifier
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text constant in SQL."""
    return "'" + text.replace("'", "''") + "'"


def alias_of(entity: Entity, *taken: str) -> str:
    """What a row of the entity is called in a statement: `order_line`; never a quoted word."""
    name = snake(entity.name)
    while name in RESERVED or name in ("new", "old", *taken):
        name += "_row"
    return name


def field_column(field: Field) -> str:
    """The column of a field; a file field has the id of a row of the table `files`."""
    return f"{field.name}_file_id" if field.type is FieldType.FILE else field.name


def relation_column(relation: str) -> str:
    """The column of a to-one relation."""
    return f"{relation}_id"


def column_of(entity: Entity, name: str) -> str:
    """The column of a field, to-one relation, state field or standard column of the entity.

    Raises KeyError when the entity has nothing of that name in its own table.
    """
    if name in entity.fields:
        return field_column(entity.fields[name])
    if name in entity.to_one:
        return relation_column(name)
    if name in STANDARD_COLUMNS or (entity.states and entity.states.field == name):
        return name
    if entity.name == USER and name in USER_COLUMNS:
        return name
    raise KeyError(f"{entity.name} has no column for {name!r}")


STANDARD_COLUMNS = ("id", "version", "created_at", "updated_at")
"""Columns that every entity's table has."""

USER_COLUMNS = ("email", "active")
"""Columns of the table of users that are no fields and that expressions may read."""


def link_table(entity: Entity, links: Links) -> str:
    """The table of a plain many-to-many relation: `posts_tags`."""
    return shortened(f"{entity.table}_{links.name}")


def link_columns(entity: Entity, links: Links) -> tuple[str, str]:
    """The columns of a link table: this side's and the other side's."""
    own, other = snake(entity.name), snake(links.to)
    return f"{own}_id", f"linked_{other}_id" if own == other else f"{other}_id"


def constraint_name(rule_id: str) -> str:
    """The constraint that keeps the rule with this id: `cake.price.min` is `cake_price_min`."""
    return shortened(rule_id.replace(".", "_"))


def foreign_key_name(table: str, column: str) -> str:
    """The foreign key constraint of a column."""
    return shortened(f"{table}_{column}_fkey")


def index_name(table: str, columns: Iterable[str]) -> str:
    """An index that is no constraint: `orders_customer_id_created_at_idx`."""
    return shortened(f"{table}_{'_'.join(columns)}_idx")


def search_expression(entity: Entity, alias: str = "", hidden: Iterable[str] = ()) -> str:
    """What `q` looks into: the entity's search fields in lower case, one per line.

    Compare it with `LIKE lower('%word%' COLLATE pg_c_utf8)`; with no field hidden it is exactly
    what the table's trigram index is built on. Raises ValueError when there is nothing to search.
    """
    prefix = f"{quote(alias)}." if alias else ""
    out = frozenset(hidden)
    found = [field for field in entity.fields.values() if field.search and field.name not in out]
    if not found:
        raise ValueError(f"{entity.name} has no search field")
    parts = [
        f"coalesce({prefix}{quote(field_column(field))}, '')"
        if field.optional
        else f"{prefix}{quote(field_column(field))}"
        for field in found
    ]
    joined = " || E'\\n' || ".join(parts)
    text = joined if len(parts) == 1 else f"({joined})"
    return f"lower({text} COLLATE {COLLATION})"

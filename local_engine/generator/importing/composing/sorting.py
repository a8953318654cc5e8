"""Tells the tables apart: accounts, plain links, what other tools keep, and entities."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from local_engine.generator.importing.naming import singular, snake
from local_engine.generator.importing.sql.tables import Schema, Table

OWN_TABLES = frozenset(
    {"auth_sessions", "auth_refresh_tokens", "auth_invitations", "auth_login_attempts"}
    | {"rate_limits", "idempotency_keys", "files", "outbox", "schema_migrations"}
)
"""Tables of the fixed parts of a project that was generated here."""
_OWN_MARKS = frozenset({"auth_sessions", "auth_refresh_tokens", "idempotency_keys", "files"})
_TOOLS = re.compile(
    r"(?:schema_migrations|ar_internal_metadata|alembic_version|django_\w+|flyway_schema_history|"
    r"databasechangelog\w*|_prisma_migrations|knex_migrations\w*|__efmigrationshistory|"
    r"sequelizemeta|spatial_ref_sys|sqlite_\w+|procrastinate_\w+|typeorm_metadata|"
    r"__drizzle_migrations|goose_db_version|auth_(?:group|permission)\w*|geometry_columns)"
)
_PASSWORD = re.compile(
    r"(?:^|_)(?:password|passwd|pwd|pass|password_hash|password_digest|encrypted_password|"
    r"hashed_password|password_salt|salt|pw_hash|secret_hash)$"
)
_ROW_COLUMNS = ("id", "created_at", "updated_at", "created", "updated", "version", "inserted_at")


@dataclass
class Sorted:
    """The tables of a source by what they are."""

    users: Table | None = None
    links: list[Table] = field(default_factory=list)
    entities: list[Table] = field(default_factory=list)
    own_project: bool = False


def sort_tables(schema: Schema) -> Sorted:
    """Sorts all tables; what is neither goes to the account."""
    tables = schema.tables
    found = Sorted(own_project=all(mark in tables for mark in _OWN_MARKS))
    found.users = _users(schema)
    for key, table in tables.items():
        if table is found.users:
            continue
        if found.own_project and key in OWN_TABLES:
            schema.account.left_out(key, "every generated project has this table by itself")
        elif _TOOLS.fullmatch(table.name.lower()):
            schema.account.left_out(key, "a table of a tool, not of the product")
        elif not table.columns:
            schema.account.left_out(key, "it has no columns that can be read")
        elif _is_link(table, found.users, tables):
            found.links.append(table)
        else:
            found.entities.append(table)
    return found


def is_password(column: str) -> bool:
    """Whether a column keeps a password, or what belongs to one, by its name."""
    return _PASSWORD.search(snake(column, "")) is not None


def _users(schema: Schema) -> Table | None:
    """The table of accounts: called like one, or with an e-mail address and a password."""
    by_name = [
        table
        for table in schema.tables.values()
        if singular(snake(table.name, "")) in ("user", "auth_user", "app_user", "users_user")
        and any("mail" in column.lower() or is_password(column) or column.lower() == "username"
                for column in table.columns)
    ]  # fmt: skip
    exact = [table for table in by_name if singular(snake(table.name, "")) == "user"]
    if exact or by_name:
        return (exact or by_name)[0]
    with_both = [
        table
        for table in schema.tables.values()
        if any("mail" in column.lower() for column in table.columns)
        and any(is_password(column) for column in table.columns)
    ]
    return with_both[0] if len(with_both) == 1 else None


def _is_link(table: Table, users: Table | None, tables: dict[str, Table]) -> bool:
    """Whether the table holds pairs of rows and nothing else."""
    keys = [key for key in table.foreign_keys if len(key.columns) == 1]
    if len(keys) != 2 or len(table.foreign_keys) != 2:
        return False
    pair = {keys[0].columns[0], keys[1].columns[0]}
    rest = {column for column in table.columns if column not in pair}
    uniques = [set(table.primary_key), *(set(unique.columns) for unique in table.uniques)]
    return (
        len(pair) == 2
        and pair in uniques
        and all(column.lower() in _ROW_COLUMNS for column in rest)
        and all(key.table in tables for key in keys)
        and all(tables[key.table] is not users for key in keys)
        and not any(column not in pair and table.columns[column].comment for column in rest)
        and keys[0].table != keys[1].table
    )

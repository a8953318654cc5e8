"""The table of accounts as the built-in User: what it has by itself, own fields, roles."""

from __future__ import annotations

import re

from local_engine.generator.blueprint.resolving import reserved
from local_engine.generator.importing.composing.columns import ColumnFields
from local_engine.generator.importing.composing.draft import USER, Draft, EntityDraft
from local_engine.generator.importing.composing.sorting import is_password
from local_engine.generator.importing.naming import description, snake
from local_engine.generator.importing.sql.conditions import limit_of
from local_engine.generator.importing.sql.tables import Column, Schema, Table
from local_engine.generator.importing.sql.types import typed_field

_BUILT_IN = {
    "id": "every user has an id",
    "user_id": "every user has an id",
    "email": "every user has an e-mail address, in small letters",
    "email_address": "every user has an e-mail address, in small letters",
    "created_at": "kept by itself",
    "updated_at": "kept by itself",
    "version": "kept by itself",
    "active": "accounts can be deactivated",
    "is_active": "accounts can be deactivated",
    "roles": "every user has roles; which there are is said by `accounts`",
}
_SESSION = re.compile(
    r"(?:^|_)(?:reset_token|remember_token|confirmation_token|session_token|refresh_token|otp|"
    r"api_key|last_login|last_login_at|login_count|verification_token|totp_secret)$"
)


def add_user(draft: Draft, schema: Schema, table: Table) -> ColumnFields:
    """Gives User the own fields of its table, and `accounts` the roles."""
    entity = EntityDraft(USER, table.key, description=description(table.comment))
    draft.entities[USER] = entity
    draft.account.assumed(table.key, "entities.User", "the table of accounts is the built-in User")
    fields = ColumnFields(schema, table, entity)
    keys = {key.columns[0] for key in table.foreign_keys if len(key.columns) == 1}
    for column in table.columns.values():
        name, source = snake(column.name, ""), f"{table.key}.{column.name}"
        if name in _BUILT_IN or table.primary_key == (column.name,):
            draft.account.taken(source, "entities.User", _BUILT_IN.get(name, _BUILT_IN["id"]))
        elif is_password(column.name):
            draft.account.left_out(
                source,
                "passwords are not imported: every user sets a new one, kept with Argon2id",
            )
        elif _SESSION.search(name):
            draft.account.left_out(source, "sessions and tokens are kept by the project itself")
        elif name == "role" and _take_roles(draft, schema, table, column):
            pass
        elif column.name not in keys:
            fields.add(column)
    return fields


def _take_roles(draft: Draft, schema: Schema, table: Table, column: Column) -> bool:
    """Takes the values of a column `role` as roles; False if it has none that can be."""
    values = _values(schema, table, column)
    roles = [
        value
        for value in values
        if reserved.SNAKE_NAME.fullmatch(value) and value not in reserved.ACTOR_WORDS
    ]
    if not roles:
        return False
    draft.accounts["roles"] = roles
    default = column.default.name if column.default is not None else ""
    if default in roles:
        draft.accounts["default_role"] = default
    draft.account.assumed(
        f"{table.key}.{column.name}",
        "accounts.roles",
        f"its values are the roles of the whole system: {', '.join(roles)}; `admin` always exists",
    )
    return True


def _values(schema: Schema, table: Table, column: Column) -> list[str]:
    """The values of an enum type, or those that a CHECK allows."""
    types = {column.name: {"type": "string"}}
    for condition in table.conditions:
        found = limit_of(condition.expression, types)
        if found is not None and "enum" in found.options:
            return list(found.options["enum"])
    typed = typed_field(column, schema)
    return list(typed.data.get("values", ())) if typed is not None else []

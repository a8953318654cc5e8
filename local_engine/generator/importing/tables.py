"""`import_sql`: the DDL of a database becomes a Blueprint with an account of all of it."""

from __future__ import annotations

from local_engine.generator.blueprint.resolving import reserved
from local_engine.generator.blueprint.resolving.naming import plural, snake_case
from local_engine.generator.importing.composing.access import decide_access
from local_engine.generator.importing.composing.draft import USER, Draft, EntityDraft
from local_engine.generator.importing.composing.relations import add_links
from local_engine.generator.importing.composing.settling import settle
from local_engine.generator.importing.composing.sorting import Sorted, sort_tables
from local_engine.generator.importing.composing.tables import TableComposer
from local_engine.generator.importing.composing.users import add_user
from local_engine.generator.importing.naming import (
    description,
    entity_name,
    singular,
    snake,
)
from local_engine.generator.importing.report import Account, Import, ImportRefused, listed
from local_engine.generator.importing.sql.reading import read_ddl
from local_engine.generator.importing.sql.tables import Schema, Table

MAX_BYTES = 64_000_000
"""The largest DDL text that is read."""


def import_sql(text: str, *, dialect: str = "postgres", name: str = "Imported backend") -> Import:
    """The Blueprint of the tables that a DDL text creates.

    `dialect` is postgres, mysql or sqlite. Raises ImportRefused where there are no tables, the
    text is too large or cannot be taken apart into statements.
    """
    if len(text) > MAX_BYTES:
        raise ImportRefused(
            f"the source has more than {MAX_BYTES} characters",
            "leave the data out of the dump: pg_dump --schema-only, mysqldump --no-data",
        )
    account = Account()
    schema = read_ddl(text, dialect, account)
    draft = Draft(description(name)[:80] or "Imported backend", account)
    return settle(compose(draft, schema))


def compose(draft: Draft, schema: Schema) -> Draft:
    """Fills the draft from the tables."""
    found = sort_tables(schema)
    targets = _name_entities(draft, found)
    _tell_unknown_users(draft, schema, targets)
    if found.users is not None:
        fields = add_user(draft, schema, found.users)
        entity = draft.entities[USER]
        TableComposer(draft, schema, found.users, entity, targets, fields).compose()
    for table in found.entities:
        entity = draft.entities[targets[table.key]]
        TableComposer(draft, schema, table, entity, targets).compose()
    for table in found.links:
        add_links(draft, table, targets)
    decide_access(draft)
    _tell_numbers(draft, found)
    return draft


def _name_entities(draft: Draft, found: Sorted) -> dict[str, str]:
    """Makes an empty entity for each table; gives their names by the keys of the tables."""
    targets: dict[str, str] = {}
    if found.users is not None:
        targets[found.users.key] = USER
    taken = {"user"}
    tables_taken = {"users"}
    for table in found.entities:
        name = entity_name(table.name, taken)
        entity = EntityDraft(name, table.key, description=description(table.comment))
        entity.plural = _plural_of(table, name)
        while (entity.plural or plural(snake_case(name))) in tables_taken:
            name, entity.plural = entity_name(f"{table.name}_{len(taken)}", taken), None
            entity.name = name
        taken.add(snake_case(name))
        tables_taken.add(entity.plural or plural(snake_case(name)))
        draft.entities[name] = entity
        targets[table.key] = name
        said = entity.plural or plural(snake_case(name))
        if said == table.name:
            draft.account.taken(table.key, entity.path, "a table of its own")
        else:
            draft.account.assumed(table.key, entity.path, f"its table is called `{said}`")
    return targets


def _plural_of(table: Table, entity: str) -> str | None:
    """The table's name as the plural, where it is one that follows from no rule."""
    own = snake(table.name, "")
    if own != table.name or own == plural(snake_case(entity)):
        return None
    is_plural = singular(own) != own or own.endswith("s")
    free = own not in (*reserved.TABLES, *reserved.ROOT_ROUTES, *reserved.TENANT_ROUTES)
    return own if is_plural and free and snake_case(entity) != own else None


def _tell_unknown_users(draft: Draft, schema: Schema, targets: dict[str, str]) -> None:
    """A reference to a table of users that is not in the source leads to the built-in User."""
    for table in schema.tables.values():
        for key in table.foreign_keys:
            if key.table in schema.tables or key.table in targets:
                continue
            if singular(snake(key.table.rsplit(".", 1)[-1], "")) == "user":
                targets[key.table] = USER
                draft.account.assumed(
                    key.table, "entities.User", "the source refers to it: the built-in User"
                )


def _tell_numbers(draft: Draft, found: Sorted) -> None:
    counted = [
        table.key
        for table in found.entities
        if any(table.columns[column].identity for column in table.primary_key
               if column in table.columns)
    ]  # fmt: skip
    if counted:
        draft.account.assumed(
            listed(counted), "entities", "ids that counted up become UUIDs (made by the database)"
        )

"""Entries in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.accounts_rows import access as accounts_rows
from app.core.actor import Actor
from app.core.db import Connection, Database
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.rows.guards import lock_row, require_row, written_row

from . import access
from .schemas import EntryCreate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT entries.id, entries.amount::text AS amount, entries.account_id,
               entries.created_at, entries.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, entries.version
    {access.SOURCE}
    WHERE {access.WITHIN} AND entries.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, entries.version
    FROM entries
    WHERE entries.id = %(id)s
"""

REACHABLE = f"""
    SELECT 1
    {accounts_rows.SOURCE}
    WHERE accounts.id = %(account_id)s AND {accounts_rows.READABLE}
"""

# What clients may send, and its columns.
COLUMNS = {"amount": "amount"}

LOCK_PARENT = f"""
    SELECT true AS allowed
    {accounts_rows.SOURCE}
    WHERE accounts.id = %(account_id)s AND {accounts_rows.READABLE}
    FOR NO KEY UPDATE OF accounts
"""

INSERT = """
    INSERT INTO entries (account_id, amount)
    VALUES (%(account_id)s, %(amount)s)
    RETURNING id
"""

LIST = ListQuery(
    fields={
        "account_id": ListField("entries.account_id", ID, filter=True),
        "created_at": ListField("entries.created_at", DATETIME, sort=True),
        "updated_at": ListField("entries.updated_at", DATETIME, sort=True),
    },
    key="entries.id",
    default_sort="created_at",
)


async def list_page(database: Database, actor: Actor, account_key: UUID, page: Page) -> str:
    """A page of the entries that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=f"{access.WITHIN} AND {access.LISTED}",
        parameters={**actor.parameters, "account_id": account_key},
    )


async def require_reachable(where: Database | Connection, actor: Actor, account_key: UUID) -> None:
    """Raises a 404 problem unless the account of the path is there for the actor."""
    await require_row(where, REACHABLE, {**actor.parameters, "account_id": account_key})


async def read(database: Database, actor: Actor, account_key: UUID, entry_key: UUID) -> Document:
    """The entry. Raises a 404 problem unless the actor may read it."""
    return Document(
        *await require_row(
            database, READ, {**actor.parameters, "account_id": account_key, "id": entry_key}
        ),
    )


async def lock_parent(connection: Connection, actor: Actor, account_key: UUID) -> None:
    """Lock the account for a new entry.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    await lock_row(connection, LOCK_PARENT, {**actor.parameters, "account_id": account_key})


async def create(
    connection: Connection, actor: Actor, account_key: UUID, new: EntryCreate
) -> tuple[UUID, Document]:
    """Insert an entry; returns its id and document."""
    row: dict[str, Any] = {"account_id": account_key, **new.values(COLUMNS)}
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def reload(connection: Connection, actor: Actor, entry_key: UUID) -> Document:
    """The document of an entry that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": entry_key}))

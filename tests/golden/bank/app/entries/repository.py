"""Entries in the database. Access is part of every statement."""

from uuid import UUID

from app.accounts_rows import access as accounts_rows
from app.core.actor import Actor
from app.core.db import Connection, Database
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.rows.guards import require_row, written_row

from . import access

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT entries.id, entries.amount::text AS amount, entries.memo,
               entries.account_id, entries.transfer_id, entries.created_at,
               entries.updated_at
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

LIST = ListQuery(
    fields={
        "account_id": ListField("entries.account_id", ID, filter=True),
        "transfer_id": ListField("entries.transfer_id", ID, filter=True, nullable=True),
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


async def reload(connection: Connection, actor: Actor, entry_key: UUID) -> Document:
    """The document of an entry that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": entry_key}))

"""Transfers in the database. Access is part of every statement."""

from uuid import UUID

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
        SELECT transfers.id, transfers.amount::text AS amount, transfers.sender_id,
               transfers.source_id, transfers.target_id, transfers.created_at,
               transfers.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, transfers.version
    {access.SOURCE}
    WHERE transfers.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, transfers.version
    FROM transfers
    WHERE transfers.id = %(id)s
"""

LIST = ListQuery(
    fields={
        "sender_id": ListField("transfers.sender_id", ID, filter=True),
        "source_id": ListField("transfers.source_id", ID, filter=True),
        "target_id": ListField("transfers.target_id", ID, filter=True),
        "created_at": ListField("transfers.created_at", DATETIME, sort=True),
        "updated_at": ListField("transfers.updated_at", DATETIME, sort=True),
    },
    key="transfers.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the transfers that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, transfer_key: UUID) -> Document:
    """The transfer. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": transfer_key}))


async def reload(connection: Connection, actor: Actor, transfer_key: UUID) -> Document:
    """The document of a transfer that this transaction has written."""
    return Document(
        *await written_row(connection, RELOAD, {**actor.parameters, "id": transfer_key})
    )

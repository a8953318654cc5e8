"""Accounts in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.rows.guards import require_row, written_row

from . import access
from .schemas import AccountCreate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT accounts.id, accounts.iban, accounts.currency,
               accounts.balance::text AS balance, accounts.holder_id, accounts.created_at,
               accounts.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, accounts.version
    {access.SOURCE}
    WHERE accounts.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, accounts.version
    FROM accounts
    WHERE accounts.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"iban": "iban", "currency": "currency"}

INSERT = """
    INSERT INTO accounts (holder_id, iban, currency)
    VALUES (%(holder_id)s, %(iban)s, %(currency)s)
    RETURNING id
"""

LIST = ListQuery(
    fields={
        "holder_id": ListField("accounts.holder_id", ID, filter=True),
        "created_at": ListField("accounts.created_at", DATETIME, sort=True),
        "updated_at": ListField("accounts.updated_at", DATETIME, sort=True),
    },
    key="accounts.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the accounts that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, account_key: UUID) -> Document:
    """The account. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": account_key}))


async def create(connection: Connection, actor: Actor, new: AccountCreate) -> tuple[UUID, Document]:
    """Insert an account; returns its id and document."""
    row: dict[str, Any] = {"holder_id": actor.id, **new.values(COLUMNS)}
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def reload(connection: Connection, actor: Actor, account_key: UUID) -> Document:
    """The document of an account that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": account_key}))

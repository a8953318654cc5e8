"""Memos in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME
from app.rows.guards import require_row, written_row

from . import access
from .schemas import MemoCreate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT memos.id, memos.text, memos.created_at, memos.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, memos.version
    {access.SOURCE}
    WHERE memos.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, memos.version
    FROM memos
    WHERE memos.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"text": "text"}

INSERT = """
    INSERT INTO memos (text)
    VALUES (%(text)s)
    RETURNING id
"""

LIST = ListQuery(
    fields={
        "created_at": ListField("memos.created_at", DATETIME, sort=True),
        "updated_at": ListField("memos.updated_at", DATETIME, sort=True),
    },
    key="memos.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the memos that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, memo_key: UUID) -> Document:
    """The memo. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": memo_key}))


async def create(connection: Connection, actor: Actor, new: MemoCreate) -> tuple[UUID, Document]:
    """Insert a memo; returns its id and document."""
    row: dict[str, Any] = new.values(COLUMNS)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def reload(connection: Connection, actor: Actor, memo_key: UUID) -> Document:
    """The document of a memo that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": memo_key}))

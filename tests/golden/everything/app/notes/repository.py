"""Notes in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.rows.guards import lock_row, require_row, written_row

from . import access
from .schemas import NoteCreate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT notes.id, notes.text, notes.writer_id, notes.created_at, notes.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, notes.version
    {access.SOURCE}
    WHERE notes.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, notes.version
    FROM notes
    WHERE notes.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"text": "text"}

INSERT = """
    INSERT INTO notes (writer_id, text)
    VALUES (%(writer_id)s, %(text)s)
    RETURNING id
"""

LOCK_FOR_DELETE = f"""
    SELECT notes.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE notes.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF notes
"""

DELETE = "DELETE FROM notes WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "writer_id": ListField("notes.writer_id", ID, filter=True),
        "created_at": ListField("notes.created_at", DATETIME, sort=True),
        "updated_at": ListField("notes.updated_at", DATETIME, sort=True),
    },
    key="notes.id",
    default_sort="-created_at",
    search='lower(notes.text COLLATE "pg_c_utf8")',
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the notes that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, note_key: UUID) -> Document:
    """The note. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": note_key}))


async def create(connection: Connection, actor: Actor, new: NoteCreate) -> tuple[UUID, Document]:
    """Insert a note; returns its id and document."""
    row: dict[str, Any] = {"writer_id": actor.id, **new.values(COLUMNS)}
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_delete(connection: Connection, actor: Actor, note_key: UUID) -> int:
    """Lock the note for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": note_key})
    return int(row[0])


async def delete(connection: Connection, note_key: UUID) -> None:
    """Delete a locked note."""
    await execute(connection, DELETE, {"id": note_key})


async def reload(connection: Connection, actor: Actor, note_key: UUID) -> Document:
    """The document of a note that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": note_key}))

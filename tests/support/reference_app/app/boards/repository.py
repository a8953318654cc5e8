"""Boards in the database. Every statement begins with who may see or change which row."""

from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute, fetch_one, fetch_row
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.problem import forbidden, not_found
from app.core.values import BOOLEAN, DATETIME, TEXT

from .schemas import BoardCreate, BoardUpdate

# Who may do what, for the board `b`. %(actor)s is the signed-in user's id or null.
READABLE = "(b.published OR b.owner_id = %(actor)s)"
UPDATABLE = "(b.owner_id = %(actor)s)"
DELETABLE = "(b.owner_id = %(actor)s OR 'admin' = ANY(%(roles)s))"

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT b.id, b.owner_id, b.name, b.published, b.created_at, b.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, b.version
    FROM boards AS b
    WHERE b.id = %(id)s AND {READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, b.version
    FROM boards AS b
    WHERE b.id = %(id)s
"""

IS_READABLE = f"SELECT 1 FROM boards AS b WHERE b.id = %(id)s AND {READABLE}"

LOCK_FOR_UPDATE = f"""
    SELECT b.version, {UPDATABLE} AS allowed
    FROM boards AS b
    WHERE b.id = %(id)s AND {READABLE}
    FOR NO KEY UPDATE OF b
"""

LOCK_FOR_DELETE = f"""
    SELECT b.version, {DELETABLE} AS allowed
    FROM boards AS b
    WHERE b.id = %(id)s AND {READABLE}
    FOR UPDATE OF b
"""

INSERT = """
    INSERT INTO boards (owner_id, name, published)
    VALUES (%(owner_id)s, %(name)s, %(published)s)
    RETURNING id
"""

DELETE = "DELETE FROM boards WHERE id = %(id)s"

COLUMNS = {"name": "name", "published": "published"}
"""Fields that clients may change, and their columns."""

LIST = ListQuery(
    fields={
        "name": ListField("b.name", TEXT, filter=True, sort=True),
        "published": ListField("b.published", BOOLEAN, filter=True),
        "created_at": ListField("b.created_at", DATETIME, sort=True),
    },
    key="b.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the boards that the actor may read, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source="FROM boards AS b",
        where=READABLE,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, board_id: UUID) -> Document:
    """The board. Raises a 404 problem unless the actor may read it."""
    row = await database.fetch_one(READ, {**actor.parameters, "id": board_id})
    if row is None:
        raise not_found()
    return Document(*row)


async def require_readable(database: Database, actor: Actor, board_id: UUID) -> None:
    """Raises a 404 problem unless the actor may read the board: before its parts are listed."""
    if await database.fetch_one(IS_READABLE, {**actor.parameters, "id": board_id}) is None:
        raise not_found()


async def create(
    connection: Connection, owner_id: UUID, board: BoardCreate
) -> tuple[UUID, Document]:
    """Insert a board for its owner; returns its id and document."""
    values = {"owner_id": owner_id, "name": board.name, "published": board.published}
    row = await fetch_row(connection, INSERT, values)
    return row[0], await reload(connection, row[0])


async def lock_for_update(connection: Connection, actor: Actor, board_id: UUID) -> int:
    """Lock the board for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not change it.
    """
    return await _lock(connection, LOCK_FOR_UPDATE, actor, board_id)


async def lock_for_delete(connection: Connection, actor: Actor, board_id: UUID) -> int:
    """Lock the board for deletion; returns its version. Raises 404 and 403 problems."""
    return await _lock(connection, LOCK_FOR_DELETE, actor, board_id)


async def update(connection: Connection, board_id: UUID, changes: BoardUpdate) -> Document:
    """Write the given fields of a locked board; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        assignments = ", ".join(f"{column} = %({column})s" for column in values)
        sql = f"UPDATE boards SET {assignments} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": board_id})
    return await reload(connection, board_id)


async def delete(connection: Connection, board_id: UUID) -> None:
    """Delete a locked board, and its cards with it."""
    await execute(connection, DELETE, {"id": board_id})


async def reload(connection: Connection, board_id: UUID) -> Document:
    """The document of a board that this transaction has written."""
    row = await fetch_row(connection, RELOAD, {"id": board_id})
    return Document(*row)


async def _lock(connection: Connection, sql: str, actor: Actor, board_id: UUID) -> int:
    row = await fetch_one(connection, sql, {**actor.parameters, "id": board_id})
    if row is None:
        raise not_found()
    version, allowed = row
    if not allowed:
        raise forbidden()
    return int(version)

"""Cakes in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.files import FILE_DOCUMENT, FileContent, Upload, store_file
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, one_of
from app.rows.columns import assignments
from app.rows.guards import lock_row, require_row, written_row

from . import access
from .schemas import CakeCreate, CakeUpdate

DOCUMENT = f"""(
    SELECT row_to_json(document)
    FROM (
        SELECT cakes.id, cakes.name, cakes.flavour, cakes.price::text AS price,
               cakes.stock, {FILE_DOCUMENT.format(id="cakes.picture_file_id")} AS picture,
               cakes.created_at, cakes.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, cakes.version
    {access.SOURCE}
    WHERE cakes.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, cakes.version
    FROM cakes
    WHERE cakes.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"name": "name", "flavour": "flavour", "price": "price", "stock": "stock"}

INSERT = """
    INSERT INTO cakes (name, flavour, price, stock)
    VALUES (%(name)s, %(flavour)s, %(price)s, %(stock)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT cakes.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE cakes.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF cakes
"""

LOCK_FOR_DELETE = f"""
    SELECT cakes.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE cakes.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF cakes
"""

DELETE = "DELETE FROM cakes WHERE id = %(id)s"

READ_PICTURE = f"""
    SELECT files.id, files.content_type, files.content
    {access.SOURCE} JOIN files ON files.id = cakes.picture_file_id
    WHERE cakes.id = %(id)s AND {access.READABLE}
"""

SET_PICTURE = """
    UPDATE cakes
    SET picture_file_id = %(file)s
    WHERE id = %(id)s
    RETURNING version
"""

LIST = ListQuery(
    fields={
        "flavour": ListField(
            "cakes.flavour", one_of(["chocolate", "lemon", "carrot"]), filter=True
        ),
        "created_at": ListField("cakes.created_at", DATETIME, sort=True),
        "updated_at": ListField("cakes.updated_at", DATETIME, sort=True),
    },
    key="cakes.id",
    default_sort="-created_at",
    search='lower(cakes.name COLLATE "pg_c_utf8")',
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the cakes that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, cake_key: UUID) -> Document:
    """The cake. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": cake_key}))


async def create(connection: Connection, actor: Actor, new: CakeCreate) -> tuple[UUID, Document]:
    """Insert a cake; returns its id and document."""
    row: dict[str, Any] = new.values(COLUMNS)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, cake_key: UUID) -> int:
    """Lock the cake for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": cake_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, cake_key: UUID, changes: CakeUpdate
) -> Document:
    """Write the given fields of a locked cake; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        sql = f"UPDATE cakes SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": cake_key})
    return await reload(connection, actor, cake_key)


async def lock_for_delete(connection: Connection, actor: Actor, cake_key: UUID) -> int:
    """Lock the cake for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": cake_key})
    return int(row[0])


async def delete(connection: Connection, cake_key: UUID) -> None:
    """Delete a locked cake."""
    await execute(connection, DELETE, {"id": cake_key})


async def read_picture(database: Database, actor: Actor, cake_key: UUID) -> FileContent:
    """The picture. Raises a 404 problem when there is none, or not for the actor."""
    row = await require_row(database, READ_PICTURE, {**actor.parameters, "id": cake_key})
    return FileContent(id=row[0], content_type=row[1], content=row[2], name="picture")


async def set_picture(
    connection: Connection, actor: Actor, cake_key: UUID, upload: Upload | None
) -> int:
    """Put the picture of a locked cake in place, or take it away (None).

    Returns the row's version.
    """
    file = None if upload is None else await store_file(connection, upload)
    row = await written_row(connection, SET_PICTURE, {"file": file, "id": cake_key})
    return int(row[0])


async def reload(connection: Connection, actor: Actor, cake_key: UUID) -> Document:
    """The document of a cake that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": cake_key}))

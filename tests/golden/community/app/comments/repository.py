"""Comments in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.posts import access as posts
from app.rows.columns import assignments
from app.rows.guards import (
    fetch_row,
    lock_row,
    require_allowed,
    require_references,
    require_row,
    row_parameters,
    written_row,
)

from . import access
from .schemas import CommentCreate, CommentUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT comments.id, comments.body, comments.author_id, comments.post_id,
               comments.parent_id, comments.created_at, comments.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, comments.version
    {access.SOURCE}
    WHERE comments.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, comments.version
    FROM comments
    WHERE comments.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"body": "body", "post_id": "post_id", "parent_id": "parent_id"}

REFERABLE_POST = f"""
    SELECT 1
    {posts.SOURCE}
    WHERE posts.id = %(row.post_id)s
      AND {posts.READABLE}
    FOR KEY SHARE OF posts
"""

REFERABLE_PARENT = f"""
    SELECT 1
    {access.SOURCE}
    WHERE comments.id = %(row.parent_id)s
      AND {access.READABLE}
      AND comments.post_id = %(row.post_id)s
    FOR KEY SHARE OF comments
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"post_id": REFERABLE_POST, "parent_id": REFERABLE_PARENT}

MAY_CREATE = f"""
    SELECT {access.CREATABLE}
    FROM (SELECT %(row.post_id)s::uuid AS post_id) AS comments
"""

INSERT = """
    INSERT INTO comments (author_id, body, post_id, parent_id)
    VALUES (%(author_id)s, %(body)s, %(post_id)s, %(parent_id)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT comments.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE comments.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF comments
"""

STORED = """
    SELECT post_id
    FROM comments
    WHERE id = %(id)s
"""

LOCK_FOR_DELETE = f"""
    SELECT comments.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE comments.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF comments
"""

DELETE = "DELETE FROM comments WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "author_id": ListField("comments.author_id", ID, filter=True),
        "post_id": ListField("comments.post_id", ID, filter=True),
        "parent_id": ListField("comments.parent_id", ID, filter=True, nullable=True),
        "created_at": ListField("comments.created_at", DATETIME, sort=True),
        "updated_at": ListField("comments.updated_at", DATETIME, sort=True),
    },
    key="comments.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the comments that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, comment_key: UUID) -> Document:
    """The comment. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": comment_key}))


async def create(connection: Connection, actor: Actor, new: CommentCreate) -> tuple[UUID, Document]:
    """Insert a comment; returns its id and document."""
    row: dict[str, Any] = {"author_id": actor.id, **new.values(COLUMNS)}
    names = row_parameters(row, actor.parameters)
    await require_references(connection, REFERENCES, names, REFERENCES)
    await require_allowed(connection, MAY_CREATE, names)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, comment_key: UUID) -> int:
    """Lock the comment for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": comment_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, comment_key: UUID, changes: CommentUpdate
) -> Document:
    """Write the given fields of a locked comment; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        row: dict[str, Any] = {**await fetch_row(connection, STORED, {"id": comment_key}), **values}
        names = row_parameters(row, {**actor.parameters, "id": comment_key})
        await require_references(connection, REFERENCES, names, values)
        sql = f"UPDATE comments SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": comment_key})
    return await reload(connection, actor, comment_key)


async def lock_for_delete(connection: Connection, actor: Actor, comment_key: UUID) -> int:
    """Lock the comment for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": comment_key})
    return int(row[0])


async def delete(connection: Connection, comment_key: UUID) -> None:
    """Delete a locked comment."""
    await execute(connection, DELETE, {"id": comment_key})


async def reload(connection: Connection, actor: Actor, comment_key: UUID) -> Document:
    """The document of a comment that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": comment_key}))

"""Posts in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.communities import access as communities
from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID, INTEGER
from app.rows.columns import assignments
from app.rows.guards import (
    lock_row,
    require_allowed,
    require_references,
    require_row,
    row_parameters,
    written_row,
)

from . import access
from .schemas import PostCreate, PostUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT posts.id, posts.title, posts.body, posts.score, posts.community_id,
               posts.author_id, posts.created_at, posts.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, posts.version
    {access.SOURCE}
    WHERE posts.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, posts.version
    FROM posts
    WHERE posts.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"title": "title", "body": "body", "community_id": "community_id"}

REFERABLE_COMMUNITY = f"""
    SELECT 1
    {communities.SOURCE}
    WHERE communities.id = %(row.community_id)s
      AND {communities.READABLE}
    FOR KEY SHARE OF communities
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"community_id": REFERABLE_COMMUNITY}

MAY_CREATE = f"""
    SELECT {access.CREATABLE}
    FROM (SELECT %(row.community_id)s::uuid AS community_id) AS posts
"""

INSERT = """
    INSERT INTO posts (author_id, title, body, community_id)
    VALUES (%(author_id)s, %(title)s, %(body)s, %(community_id)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT posts.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE posts.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF posts
"""

LOCK_FOR_DELETE = f"""
    SELECT posts.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE posts.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF posts
"""

DELETE = "DELETE FROM posts WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "score": ListField("posts.score", INTEGER, sort=True),
        "community_id": ListField("posts.community_id", ID, filter=True),
        "author_id": ListField("posts.author_id", ID, filter=True),
        "created_at": ListField("posts.created_at", DATETIME, sort=True),
        "updated_at": ListField("posts.updated_at", DATETIME, sort=True),
    },
    key="posts.id",
    default_sort="-created_at",
    search="lower((posts.title || E'\\n' || posts.body) COLLATE \"pg_c_utf8\")",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the posts that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, post_key: UUID) -> Document:
    """The post. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": post_key}))


async def create(connection: Connection, actor: Actor, new: PostCreate) -> tuple[UUID, Document]:
    """Insert a post; returns its id and document."""
    row: dict[str, Any] = {"author_id": actor.id, **new.values(COLUMNS)}
    names = row_parameters(row, actor.parameters)
    await require_references(connection, REFERENCES, names, REFERENCES)
    await require_allowed(connection, MAY_CREATE, names)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, post_key: UUID) -> int:
    """Lock the post for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": post_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, post_key: UUID, changes: PostUpdate
) -> Document:
    """Write the given fields of a locked post; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        sql = f"UPDATE posts SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": post_key})
    return await reload(connection, actor, post_key)


async def lock_for_delete(connection: Connection, actor: Actor, post_key: UUID) -> int:
    """Lock the post for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": post_key})
    return int(row[0])


async def delete(connection: Connection, post_key: UUID) -> None:
    """Delete a locked post."""
    await execute(connection, DELETE, {"id": post_key})


async def reload(connection: Connection, actor: Actor, post_key: UUID) -> Document:
    """The document of a post that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": post_key}))

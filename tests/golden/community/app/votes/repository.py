"""Votes in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.rules import Rule
from app.posts import access as posts
from app.rows.columns import assignments
from app.rows.guards import (
    lock_row,
    require_references,
    require_row,
    row_parameters,
    upserted_row,
    written_row,
)

from . import access
from .schemas import VoteCreate, VoteUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT votes.id, votes.value, votes.post_id, votes.voter_id, votes.created_at,
               votes.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, votes.version
    {access.SOURCE}
    WHERE votes.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, votes.version
    FROM votes
    WHERE votes.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"value": "value", "post_id": "post_id"}

REFERABLE_POST = f"""
    SELECT 1
    {posts.SOURCE}
    WHERE posts.id = %(row.post_id)s
      AND {posts.READABLE}
    FOR KEY SHARE OF posts
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"post_id": REFERABLE_POST}

INSERT = """
    INSERT INTO votes (voter_id, value, post_id)
    VALUES (%(voter_id)s, %(value)s, %(post_id)s)
    ON CONFLICT (post_id, voter_id) DO UPDATE
    SET value = excluded.value
    WHERE votes.voter_id = excluded.voter_id
    RETURNING id, OLD.id IS NULL
"""

LOCK_FOR_UPDATE = f"""
    SELECT votes.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE votes.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF votes
"""

LOCK_FOR_DELETE = f"""
    SELECT votes.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE votes.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF votes
"""

DELETE = "DELETE FROM votes WHERE id = %(id)s"


async def read(database: Database, actor: Actor, vote_key: UUID) -> Document:
    """The vote. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": vote_key}))


async def create(
    connection: Connection, actor: Actor, new: VoteCreate
) -> tuple[UUID, Document, bool]:
    """Insert a vote; returns its id and document, and whether it is new."""
    row: dict[str, Any] = {"voter_id": actor.id, **new.values(COLUMNS)}
    names = row_parameters(row, actor.parameters)
    await require_references(connection, REFERENCES, names, REFERENCES)
    inserted = await upserted_row(
        connection, INSERT, row, Rule("vote.upsert", "This vote is somebody else's.")
    )
    return inserted[0], await reload(connection, actor, inserted[0]), bool(inserted[1])


async def lock_for_update(connection: Connection, actor: Actor, vote_key: UUID) -> int:
    """Lock the vote for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": vote_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, vote_key: UUID, changes: VoteUpdate
) -> Document:
    """Write the given fields of a locked vote; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        sql = f"UPDATE votes SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": vote_key})
    return await reload(connection, actor, vote_key)


async def lock_for_delete(connection: Connection, actor: Actor, vote_key: UUID) -> int:
    """Lock the vote for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": vote_key})
    return int(row[0])


async def delete(connection: Connection, vote_key: UUID) -> None:
    """Delete a locked vote."""
    await execute(connection, DELETE, {"id": vote_key})


async def reload(connection: Connection, actor: Actor, vote_key: UUID) -> Document:
    """The document of a vote that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": vote_key}))

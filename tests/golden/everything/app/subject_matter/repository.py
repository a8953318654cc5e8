"""Subject matter in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.rows.columns import assignments
from app.rows.guards import lock_row, require_references, require_row, row_parameters, written_row

from . import access
from .schemas import TopicCreate, TopicUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT subject_matter.id, subject_matter.name, subject_matter.parents_note,
               subject_matter.parent_id, subject_matter.created_at,
               subject_matter.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, subject_matter.version
    {access.SOURCE}
    WHERE subject_matter.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, subject_matter.version
    FROM subject_matter
    WHERE subject_matter.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"name": "name", "parents_note": "parents_note", "parent_id": "parent_id"}

REFERABLE_PARENT = f"""
    SELECT 1
    {access.SOURCE}
    WHERE subject_matter.id = %(row.parent_id)s
      AND {access.READABLE}
    FOR KEY SHARE OF subject_matter
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"parent_id": REFERABLE_PARENT}

INSERT = """
    INSERT INTO subject_matter (name, parents_note, parent_id)
    VALUES (%(name)s, %(parents_note)s, %(parent_id)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT subject_matter.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE subject_matter.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF subject_matter
"""

LOCK_FOR_DELETE = f"""
    SELECT subject_matter.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE subject_matter.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF subject_matter
"""

DELETE = "DELETE FROM subject_matter WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "parent_id": ListField("subject_matter.parent_id", ID, filter=True, nullable=True),
        "created_at": ListField("subject_matter.created_at", DATETIME, sort=True),
        "updated_at": ListField("subject_matter.updated_at", DATETIME, sort=True),
    },
    key="subject_matter.id",
    default_sort="-created_at",
    search='lower(subject_matter.name COLLATE "pg_c_utf8")',
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the subject matter that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def list_topics_linked_from_branch(
    database: Database, actor: Actor, branch_key: UUID, page: Page
) -> str:
    """A page of the subject matter that a branch is linked with, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=f"EXISTS (SELECT FROM branches_topics WHERE branches_topics.branch_id = %(linked)s AND branches_topics.topic_id = subject_matter.id) AND {access.READABLE}",
        parameters={**actor.parameters, "linked": branch_key},
    )


async def read(database: Database, actor: Actor, topic_key: UUID) -> Document:
    """The topic. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": topic_key}))


async def create(connection: Connection, actor: Actor, new: TopicCreate) -> tuple[UUID, Document]:
    """Insert a topic; returns its id and document."""
    row: dict[str, Any] = new.values(COLUMNS)
    names = row_parameters(row, actor.parameters)
    await require_references(connection, REFERENCES, names, REFERENCES)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, topic_key: UUID) -> int:
    """Lock the topic for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": topic_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, topic_key: UUID, changes: TopicUpdate
) -> Document:
    """Write the given fields of a locked topic; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        names = row_parameters(values, {**actor.parameters, "id": topic_key})
        await require_references(connection, REFERENCES, names, values)
        sql = f"UPDATE subject_matter SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": topic_key})
    return await reload(connection, actor, topic_key)


async def lock_for_delete(connection: Connection, actor: Actor, topic_key: UUID) -> int:
    """Lock the topic for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": topic_key})
    return int(row[0])


async def delete(connection: Connection, topic_key: UUID) -> None:
    """Delete a locked topic."""
    await execute(connection, DELETE, {"id": topic_key})


async def reload(connection: Connection, actor: Actor, topic_key: UUID) -> Document:
    """The document of a topic that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": topic_key}))

"""Branches in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.files import FILE_DOCUMENT, FileContent, Upload, store_file
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, DECIMAL, ID, TEXT
from app.rows.columns import assignments
from app.rows.guards import (
    lock_row,
    require_row,
    require_sendable,
    row_parameters,
    transaction_time,
    written_row,
)
from app.rows.slugs import slug_of
from app.subject_matter import access as subject_matter

from . import access
from .schemas import BranchCreate, BranchUpdate

DOCUMENT = f"""(
    '{{'
    || '"id":' || coalesce(to_json(branches.id)::text, 'null')
    || ',"name":' || coalesce(to_json(branches.name)::text, 'null')
    || ',"slug":' || coalesce(to_json(branches.slug)::text, 'null')
    || ',"opened_on":' || coalesce(to_json(branches.opened_on)::text, 'null')
    || ',"opens_at":' || coalesce(to_json(branches.opens_at)::text, 'null')
    || ',"site":' || coalesce(to_json(branches.site)::text, 'null')
    || ',"contact":' || coalesce(to_json(branches.contact)::text, 'null')
    || ',"settings":' || coalesce(to_json(branches.settings)::text, 'null')
    || ',"languages":' || coalesce(to_json(branches.languages)::text, 'null')
    || ',"holidays":' || coalesce(to_json(branches.holidays)::text, 'null')
    || CASE WHEN (branches.manager_id = %(actor)s OR 'admin' = ANY(%(roles)s)) THEN ',"budget":' || coalesce(to_json(branches.budget::text)::text, 'null') ELSE '' END
    || ',"rating":' || coalesce(to_json(branches.rating::text)::text, 'null')
    || ',"plan":' || coalesce(to_json({FILE_DOCUMENT.format(id="branches.plan_file_id")})::text, 'null')
    || ',"manager_id":' || coalesce(to_json(branches.manager_id)::text, 'null')
    || ',"created_at":' || coalesce(to_json(branches.created_at)::text, 'null')
    || ',"updated_at":' || coalesce(to_json(branches.updated_at)::text, 'null')
    || '}}'
)"""

READ = f"""
    SELECT {DOCUMENT}::text, branches.version
    {access.SOURCE}
    WHERE branches.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, branches.version
    FROM branches
    WHERE branches.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {
    "name": "name",
    "slug": "slug",
    "opened_on": "opened_on",
    "opens_at": "opens_at",
    "site": "site",
    "contact": "contact",
    "settings": "settings",
    "languages": "languages",
    "holidays": "holidays",
    "secret_note": "secret_note",
    "budget": "budget",
    "rating": "rating",
}

MAY_SEND_NEW = """
    SELECT 'admin' = ANY(%(roles)s) AS rating
    FROM (SELECT NULL) AS branches
"""

INSERT = """
    INSERT INTO branches (
        manager_id, name, slug, opened_on, opens_at, site, contact, settings, languages,
        holidays, secret_note, budget, rating
    )
    VALUES (
        %(manager_id)s, %(name)s, %(slug)s, %(opened_on)s, %(opens_at)s, %(site)s,
        %(contact)s, %(settings)s, %(languages)s, %(holidays)s, %(secret_note)s,
        %(budget)s, %(rating)s
    )
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT branches.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE branches.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF branches
"""

MAY_SEND = """
    SELECT 'admin' = ANY(%(roles)s) AS rating
    FROM branches
    WHERE branches.id = %(id)s
"""

LOCK_FOR_DELETE = f"""
    SELECT branches.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE branches.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF branches
"""

DELETE = "DELETE FROM branches WHERE id = %(id)s"

READ_PLAN = f"""
    SELECT files.id, files.content_type, files.content
    {access.SOURCE} JOIN files ON files.id = branches.plan_file_id
    WHERE branches.id = %(id)s AND {access.READABLE}
"""

SET_PLAN = """
    UPDATE branches
    SET plan_file_id = %(file)s
    WHERE id = %(id)s
    RETURNING version
"""

LINKABLE_TOPICS = f"""
    SELECT 1
    {subject_matter.SOURCE}
    WHERE subject_matter.id = %(linked)s AND {subject_matter.READABLE}
    FOR KEY SHARE OF subject_matter
"""

LINK_TOPICS = """
    INSERT INTO branches_topics (branch_id, topic_id)
    VALUES (%(branch_id)s, %(topic_id)s)
    ON CONFLICT DO NOTHING
"""

UNLINK_TOPICS = """
    DELETE FROM branches_topics
    WHERE branch_id = %(branch_id)s AND topic_id = %(topic_id)s
"""

LIST = ListQuery(
    fields={
        "name": ListField("branches.name", TEXT, sort=True),
        "contact": ListField("branches.contact", TEXT, filter=True, nullable=True),
        "budget": ListField(
            "(CASE WHEN (branches.manager_id = %(actor)s OR 'admin' = ANY(%(roles)s)) THEN branches.budget END)",
            DECIMAL,
            filter=True,
            sort=True,
            nullable=True,
        ),
        "rating": ListField("branches.rating", DECIMAL, filter=True, nullable=True),
        "manager_id": ListField("branches.manager_id", ID, filter=True),
        "created_at": ListField("branches.created_at", DATETIME, sort=True),
        "updated_at": ListField("branches.updated_at", DATETIME, sort=True),
    },
    key="branches.id",
    default_sort="-created_at",
    search='lower(branches.name COLLATE "pg_c_utf8")',
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the branches that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, branch_key: UUID) -> Document:
    """The branch. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": branch_key}))


async def require_readable(database: Database, actor: Actor, branch_key: UUID) -> None:
    """Raises a 404 problem unless the actor may read the branch."""
    await require_row(database, READ, {**actor.parameters, "id": branch_key})


async def create(connection: Connection, actor: Actor, new: BranchCreate) -> tuple[UUID, Document]:
    """Insert a branch; returns its id and document."""
    now = await transaction_time(connection)
    row: dict[str, Any] = {
        "manager_id": actor.id,
        **new.values(COLUMNS),
        "slug": new.slug if "slug" in new.model_fields_set else slug_of(new.name, 80),
        "opened_on": new.opened_on
        if "opened_on" in new.model_fields_set
        else now.astimezone(ZoneInfo("Europe/Berlin")).date(),
    }
    names = row_parameters(row, actor.parameters)
    await require_sendable(connection, MAY_SEND_NEW, names, new.model_fields_set)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, branch_key: UUID) -> int:
    """Lock the branch for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": branch_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, branch_key: UUID, changes: BranchUpdate
) -> Document:
    """Write the given fields of a locked branch; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        await require_sendable(connection, MAY_SEND, {**actor.parameters, "id": branch_key}, values)
        sql = f"UPDATE branches SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": branch_key})
    return await reload(connection, actor, branch_key)


async def lock_for_delete(connection: Connection, actor: Actor, branch_key: UUID) -> int:
    """Lock the branch for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": branch_key})
    return int(row[0])


async def delete(connection: Connection, branch_key: UUID) -> None:
    """Delete a locked branch."""
    await execute(connection, DELETE, {"id": branch_key})


async def read_plan(database: Database, actor: Actor, branch_key: UUID) -> FileContent:
    """The plan. Raises a 404 problem when there is none, or not for the actor."""
    row = await require_row(database, READ_PLAN, {**actor.parameters, "id": branch_key})
    return FileContent(id=row[0], content_type=row[1], content=row[2], name="plan")


async def set_plan(
    connection: Connection, actor: Actor, branch_key: UUID, upload: Upload | None
) -> int:
    """Put the plan of a locked branch in place, or take it away (None).

    Returns the row's version.
    """
    file = None if upload is None else await store_file(connection, upload)
    row = await written_row(connection, SET_PLAN, {"file": file, "id": branch_key})
    return int(row[0])


async def link_topics(
    connection: Connection, actor: Actor, branch_key: UUID, topic_key: UUID
) -> None:
    """Link a locked branch with a topic.

    Raises a 404 problem unless the actor may read the topic.
    """
    await require_row(
        connection, LINKABLE_TOPICS, {**actor.parameters, "id": branch_key, "linked": topic_key}
    )
    await execute(connection, LINK_TOPICS, {"branch_id": branch_key, "topic_id": topic_key})


async def unlink_topics(
    connection: Connection, actor: Actor, branch_key: UUID, topic_key: UUID
) -> None:
    """Unlink a locked branch from a topic.

    Raises a 404 problem unless the actor may read the topic.
    """
    await require_row(
        connection, LINKABLE_TOPICS, {**actor.parameters, "id": branch_key, "linked": topic_key}
    )
    await execute(connection, UNLINK_TOPICS, {"branch_id": branch_key, "topic_id": topic_key})


async def reload(connection: Connection, actor: Actor, branch_key: UUID) -> Document:
    """The document of a branch that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": branch_key}))

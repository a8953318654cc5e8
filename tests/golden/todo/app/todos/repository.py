"""Todos in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import BOOLEAN, DATE, DATETIME, ID
from app.rows.columns import assignments
from app.rows.guards import lock_row, require_row, written_row

from . import access
from .schemas import TodoCreate, TodoUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT todos.id, todos.title, todos.description, todos.done, todos.due_on,
               todos.owner_id, todos.created_at, todos.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, todos.version
    {access.SOURCE}
    WHERE todos.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, todos.version
    FROM todos
    WHERE todos.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"title": "title", "description": "description", "done": "done", "due_on": "due_on"}

INSERT = """
    INSERT INTO todos (owner_id, title, description, done, due_on)
    VALUES (%(owner_id)s, %(title)s, %(description)s, %(done)s, %(due_on)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT todos.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE todos.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF todos
"""

LOCK_FOR_DELETE = f"""
    SELECT todos.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE todos.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF todos
"""

DELETE = "DELETE FROM todos WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "done": ListField("todos.done", BOOLEAN, filter=True),
        "due_on": ListField("todos.due_on", DATE, filter=True, sort=True, nullable=True),
        "owner_id": ListField("todos.owner_id", ID, filter=True),
        "created_at": ListField("todos.created_at", DATETIME, sort=True),
        "updated_at": ListField("todos.updated_at", DATETIME, sort=True),
    },
    key="todos.id",
    default_sort="-created_at",
    search='lower(todos.title COLLATE "pg_c_utf8")',
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the todos that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, todo_key: UUID) -> Document:
    """The todo. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": todo_key}))


async def create(connection: Connection, actor: Actor, new: TodoCreate) -> tuple[UUID, Document]:
    """Insert a todo; returns its id and document."""
    row: dict[str, Any] = {"owner_id": actor.id, **new.values(COLUMNS)}
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, todo_key: UUID) -> int:
    """Lock the todo for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": todo_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, todo_key: UUID, changes: TodoUpdate
) -> Document:
    """Write the given fields of a locked todo; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        sql = f"UPDATE todos SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": todo_key})
    return await reload(connection, actor, todo_key)


async def lock_for_delete(connection: Connection, actor: Actor, todo_key: UUID) -> int:
    """Lock the todo for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": todo_key})
    return int(row[0])


async def delete(connection: Connection, todo_key: UUID) -> None:
    """Delete a locked todo."""
    await execute(connection, DELETE, {"id": todo_key})


async def reload(connection: Connection, actor: Actor, todo_key: UUID) -> Document:
    """The document of a todo that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": todo_key}))

"""Ratings in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.rules import Rule
from app.core.values import DATETIME, ID, INTEGER
from app.items import access as items
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
from .schemas import RatingCreate, RatingUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT ratings.id, ratings.stars, ratings.item_id, ratings.rater_id,
               ratings.created_at, ratings.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, ratings.version
    {access.SOURCE}
    WHERE ratings.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, ratings.version
    FROM ratings
    WHERE ratings.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"stars": "stars", "item_id": "item_id"}

REFERABLE_ITEM = f"""
    SELECT 1
    {items.SOURCE}
    WHERE items.id = %(row.item_id)s
      AND {items.READABLE}
    FOR KEY SHARE OF items
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"item_id": REFERABLE_ITEM}

INSERT = """
    INSERT INTO ratings (rater_id, stars, item_id)
    VALUES (%(rater_id)s, %(stars)s, %(item_id)s)
    ON CONFLICT (item_id, rater_id) DO UPDATE
    SET stars = excluded.stars
    WHERE ratings.rater_id = excluded.rater_id
    RETURNING id, OLD.id IS NULL
"""

LOCK_FOR_UPDATE = f"""
    SELECT ratings.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE ratings.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF ratings
"""

LOCK_FOR_DELETE = f"""
    SELECT ratings.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE ratings.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF ratings
"""

DELETE = "DELETE FROM ratings WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "stars": ListField("ratings.stars", INTEGER, filter=True),
        "item_id": ListField("ratings.item_id", ID, filter=True),
        "rater_id": ListField("ratings.rater_id", ID, filter=True),
        "created_at": ListField("ratings.created_at", DATETIME, sort=True),
        "updated_at": ListField("ratings.updated_at", DATETIME, sort=True),
    },
    key="ratings.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the ratings that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, rating_key: UUID) -> Document:
    """The rating. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": rating_key}))


async def create(
    connection: Connection, actor: Actor, new: RatingCreate
) -> tuple[UUID, Document, bool]:
    """Insert a rating; returns its id and document, and whether it is new."""
    row: dict[str, Any] = {"rater_id": actor.id, **new.values(COLUMNS)}
    names = row_parameters(row, actor.parameters)
    await require_references(connection, REFERENCES, names, REFERENCES)
    inserted = await upserted_row(
        connection, INSERT, row, Rule("rating.upsert", "This rating is somebody else's.")
    )
    return inserted[0], await reload(connection, actor, inserted[0]), bool(inserted[1])


async def lock_for_update(connection: Connection, actor: Actor, rating_key: UUID) -> int:
    """Lock the rating for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": rating_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, rating_key: UUID, changes: RatingUpdate
) -> Document:
    """Write the given fields of a locked rating; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        names = row_parameters(values, {**actor.parameters, "id": rating_key})
        await require_references(connection, REFERENCES, names, values)
        sql = f"UPDATE ratings SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": rating_key})
    return await reload(connection, actor, rating_key)


async def lock_for_delete(connection: Connection, actor: Actor, rating_key: UUID) -> int:
    """Lock the rating for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": rating_key})
    return int(row[0])


async def delete(connection: Connection, rating_key: UUID) -> None:
    """Delete a locked rating."""
    await execute(connection, DELETE, {"id": rating_key})


async def reload(connection: Connection, actor: Actor, rating_key: UUID) -> Document:
    """The document of a rating that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": rating_key}))

"""Cards in the database. Every statement begins with who may see or change which row."""

from uuid import UUID

from app.boards import repository as boards
from app.core.actor import Actor
from app.core.db import Connection, Database, execute, fetch_one, fetch_row
from app.core.documents import Document
from app.core.files import FILE_DOCUMENT, FileContent, Upload, store_file
from app.core.pagination import ListField, ListQuery, Page
from app.core.problem import conflict, forbidden, not_found
from app.core.values import DATETIME, DECIMAL, TEXT, one_of

from .schemas import CardCreate, CardUpdate

# Who may do what, for the card `c` on the board `b`. A part is read by those who may read the
# whole, and changed by those who may change it.
SOURCE = "FROM cards AS c JOIN boards AS b ON b.id = c.board_id"
READABLE = boards.READABLE
UPDATABLE = boards.UPDATABLE

DOCUMENT = f"""(
    SELECT row_to_json(document)
    FROM (
        SELECT c.id, c.board_id, c.title, c.notes, c.priority, c.budget::text, c.spent::text,
               c.due_at, c.status,
               {FILE_DOCUMENT.format(id="c.attachment_id")} AS attachment,
               c.created_at, c.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, c.version
    {SOURCE}
    WHERE c.board_id = %(board_id)s AND c.id = %(id)s AND {READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, c.version
    FROM cards AS c
    WHERE c.id = %(id)s
"""

LOCK = f"""
    SELECT c.version, {UPDATABLE} AS allowed
    {SOURCE}
    WHERE c.board_id = %(board_id)s AND c.id = %(id)s AND {READABLE}
    FOR NO KEY UPDATE OF c
"""

LOCK_FOR_DELETE = LOCK.replace("FOR NO KEY UPDATE", "FOR UPDATE")

INSERT = """
    INSERT INTO cards (board_id, title, notes, priority, budget, spent, due_at)
    VALUES (
        %(board_id)s, %(title)s, %(notes)s, %(priority)s, %(budget)s, %(spent)s, %(due_at)s
    )
    RETURNING id
"""

DELETE = "DELETE FROM cards WHERE id = %(id)s"

STATUS = "SELECT status FROM cards WHERE id = %(id)s"
SET_STATUS = "UPDATE cards SET status = %(status)s WHERE id = %(id)s"

READ_ATTACHMENT = f"""
    SELECT f.content_type, f.content, f.id
    {SOURCE}
    LEFT JOIN files AS f ON f.id = c.attachment_id
    WHERE c.board_id = %(board_id)s AND c.id = %(id)s AND {READABLE}
"""
SET_ATTACHMENT = "UPDATE cards SET attachment_id = %(file)s WHERE id = %(id)s RETURNING version"

COLUMNS = {
    "title": "title",
    "notes": "notes",
    "priority": "priority",
    "budget": "budget",
    "spent": "spent",
    "due_at": "due_at",
}
"""Fields that clients may change, and their columns."""

LIST = ListQuery(
    fields={
        "title": ListField("c.title", TEXT, sort=True),
        "priority": ListField("c.priority", one_of(["low", "normal", "high"]), filter=True),
        "budget": ListField("c.budget", DECIMAL, filter=True, sort=True),
        "due_at": ListField("c.due_at", DATETIME, filter=True, sort=True, nullable=True),
        "status": ListField("c.status", one_of(["open", "doing", "done"]), filter=True),
        "created_at": ListField("c.created_at", DATETIME, sort=True),
    },
    key="c.id",
    default_sort="created_at",
    search="lower(c.title || E'\\n' || coalesce(c.notes, ''))",
)


async def list_page(database: Database, actor: Actor, board_id: UUID, page: Page) -> str:
    """A page of the board's cards, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=SOURCE,
        where=f"c.board_id = %(board_id)s AND {READABLE}",
        parameters={**actor.parameters, "board_id": board_id},
    )


async def read(database: Database, actor: Actor, board_id: UUID, card_id: UUID) -> Document:
    """The card. Raises a 404 problem unless the actor may read it."""
    names = {**actor.parameters, "board_id": board_id, "id": card_id}
    row = await database.fetch_one(READ, names)
    if row is None:
        raise not_found()
    return Document(*row)


async def create(connection: Connection, board_id: UUID, card: CardCreate) -> tuple[UUID, Document]:
    """Insert a card on a locked board; returns its id and document."""
    values = {
        "board_id": board_id,
        "title": card.title,
        "notes": card.notes,
        "priority": card.priority,
        "budget": card.budget,
        "spent": card.spent,
        "due_at": card.due_at,
    }
    row = await fetch_row(connection, INSERT, values)
    return row[0], await reload(connection, row[0])


async def lock(connection: Connection, actor: Actor, board_id: UUID, card_id: UUID) -> int:
    """Lock the card for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not change it.
    """
    return await _lock(connection, LOCK, actor, board_id, card_id)


async def lock_for_delete(
    connection: Connection, actor: Actor, board_id: UUID, card_id: UUID
) -> int:
    """Lock the card for deletion; returns its version. Raises 404 and 403 problems."""
    return await _lock(connection, LOCK_FOR_DELETE, actor, board_id, card_id)


async def update(connection: Connection, card_id: UUID, changes: CardUpdate) -> Document:
    """Write the given fields of a locked card; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        assignments = ", ".join(f"{column} = %({column})s" for column in values)
        sql = f"UPDATE cards SET {assignments} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": card_id})
    return await reload(connection, card_id)


async def delete(connection: Connection, card_id: UUID) -> None:
    """Delete a locked card."""
    await execute(connection, DELETE, {"id": card_id})


async def move(
    connection: Connection, card_id: UUID, transition: str, *, allowed_from: str, to: str
) -> Document:
    """Move a locked card to another state. Raises a 409 problem when it is not in the right one."""
    row = await fetch_row(connection, STATUS, {"id": card_id})
    if row[0] != allowed_from:
        raise conflict(
            "wrong-state",
            f"A card can be moved by “{transition}” while it is “{allowed_from}”; "
            f"this one is “{row[0]}”.",
            rule="card.status",
        )
    await execute(connection, SET_STATUS, {"id": card_id, "status": to})
    return await reload(connection, card_id)


async def read_attachment(
    database: Database, actor: Actor, board_id: UUID, card_id: UUID
) -> FileContent:
    """The attachment. Raises a 404 problem when there is none or the card may not be read."""
    names = {**actor.parameters, "board_id": board_id, "id": card_id}
    row = await database.fetch_one(READ_ATTACHMENT, names)
    if row is None or row[2] is None:
        raise not_found()
    return FileContent(content_type=row[0], content=row[1], id=row[2], name="attachment")


async def set_attachment(connection: Connection, card_id: UUID, upload: Upload | None) -> int:
    """Put an attachment on a locked card in place of the old one, or take it away (None).

    Returns the new version of the card.
    """
    file_id = None if upload is None else await store_file(connection, upload)
    row = await fetch_row(connection, SET_ATTACHMENT, {"id": card_id, "file": file_id})
    return int(row[0])


async def reload(connection: Connection, card_id: UUID) -> Document:
    """The document of a card that this transaction has written."""
    row = await fetch_row(connection, RELOAD, {"id": card_id})
    return Document(*row)


async def _lock(
    connection: Connection, sql: str, actor: Actor, board_id: UUID, card_id: UUID
) -> int:
    names = {**actor.parameters, "board_id": board_id, "id": card_id}
    row = await fetch_one(connection, sql, names)
    if row is None:
        raise not_found()
    version, allowed = row
    if not allowed:
        raise forbidden()
    return int(version)

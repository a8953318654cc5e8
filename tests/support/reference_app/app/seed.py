"""Demo data: `python -m app seed`."""

from app.core.db import Connection, execute

_BOARDS = """
    INSERT INTO boards (owner_id, name, published)
    SELECT users.id, names.name, true
    FROM users, (VALUES ('Kitchen'), ('Garden')) AS names (name)
    WHERE NOT EXISTS (SELECT FROM boards)
    ORDER BY users.created_at
    LIMIT 2
"""


async def seed(connection: Connection) -> None:
    """Fill an empty database; a second run changes nothing."""
    await execute(connection, _BOARDS, {})

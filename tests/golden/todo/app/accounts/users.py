"""Users in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..core.db import Connection, Database, execute, fetch_one, fetch_row
from ..core.documents import Document
from ..core.pagination import ListField, ListQuery, Page
from ..core.problem import not_found
from ..core.values import DATETIME, TEXT
from .profile import Profile

_BY_EMAIL = """
    SELECT id, password_hash, roles, active FROM users WHERE email = %(email)s
"""
_BY_ID = "SELECT id, password_hash, roles, active FROM users WHERE id = %(id)s"
_SET_PASSWORD = "UPDATE users SET password_hash = %(hash)s WHERE id = %(id)s"  # noqa: S105
_SET_ROLES = "UPDATE users SET roles = %(roles)s WHERE id = %(id)s RETURNING id"
_LOCK = "SELECT version FROM users WHERE id = %(id)s AND active FOR NO KEY UPDATE"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is needed to decide whether somebody may sign in."""

    id: UUID
    password_hash: str
    roles: list[str]
    active: bool


class Users:
    """Statements about users, with the own fields of a project."""

    def __init__(self, profile: Profile) -> None:
        own = f"{profile.document}, " if profile.document else ""
        self._document = f"""(
            SELECT row_to_json(document)
            FROM (
                SELECT u.id, u.email, u.roles, {own}u.created_at, u.updated_at
            ) AS document
        )"""
        self._read = f"SELECT {self._document}::text, u.version FROM users AS u WHERE u.id = %(id)s"
        self._read_active = f"{self._read} AND u.active"
        self._columns = profile.columns
        self.list_query = ListQuery(
            fields={
                "email": ListField("u.email", TEXT, filter=True, sort=True),
                "created_at": ListField("u.created_at", DATETIME, sort=True),
                "updated_at": ListField("u.updated_at", DATETIME, sort=True),
                **profile.list_fields,
            },
            key="u.id",
            default_sort="-created_at",
        )

    async def read(self, database: Database, user_id: UUID) -> Document:
        """A user. Raises a 404 problem when there is none."""
        row = await database.fetch_one(self._read, {"id": user_id})
        if row is None:
            raise not_found()
        return Document(*row)

    async def find_active(self, database: Database, user_id: UUID) -> Document | None:
        """A user who has not been deactivated."""
        row = await database.fetch_one(self._read_active, {"id": user_id})
        return None if row is None else Document(*row)

    async def list_page(self, database: Database, page: Page) -> str:
        """A page of all users, as JSON."""
        return await page.fetch(
            database,
            document=self._document,
            source="FROM users AS u",
            where="TRUE",
            parameters={},
        )

    async def reload(self, connection: Connection, user_id: UUID) -> Document:
        """The document of a user that this transaction has written."""
        row = await fetch_one(connection, self._read, {"id": user_id})
        if row is None:
            raise not_found()
        return Document(*row)

    async def create(
        self,
        connection: Connection,
        email: str,
        password_hash: str,
        roles: Sequence[str],
        own: Mapping[str, Any],
    ) -> UUID:
        """Insert a user; `own` are columns and values of the project's fields."""
        values = {"email": email.lower(), "password_hash": password_hash, "roles": list(roles)}
        values |= own
        columns = ", ".join(values)
        placeholders = ", ".join(f"%({column})s" for column in values)
        sql = f"INSERT INTO users ({columns}) VALUES ({placeholders}) RETURNING id"
        row = await fetch_row(connection, sql, values)
        user_id: UUID = row[0]
        return user_id

    async def update(self, connection: Connection, user_id: UUID, own: Mapping[str, Any]) -> None:
        """Write columns of a user."""
        if own:
            assignments = ", ".join(f"{column} = %({column})s" for column in own)
            sql = f"UPDATE users SET {assignments} WHERE id = %(id)s"
            await execute(connection, sql, {**own, "id": user_id})


async def find_by_email(database: Database, email: str) -> Credentials | None:
    """The account with this e-mail address, whatever the case of its letters."""
    row = await database.fetch_one(_BY_EMAIL, {"email": email.lower()})
    return None if row is None else Credentials(*row)


async def find_by_id(database: Database, user_id: UUID) -> Credentials | None:
    """The account with this id."""
    row = await database.fetch_one(_BY_ID, {"id": user_id})
    return None if row is None else Credentials(*row)


async def lock(connection: Connection, user_id: UUID) -> int | None:
    """Lock an active account for a change; returns its version, None when there is none."""
    row = await fetch_one(connection, _LOCK, {"id": user_id})
    return None if row is None else int(row[0])


async def set_password(connection: Connection, user_id: UUID, password_hash: str) -> None:
    """Replace a password."""
    await execute(connection, _SET_PASSWORD, {"id": user_id, "hash": password_hash})


async def set_roles(connection: Connection, user_id: UUID, roles: Sequence[str]) -> None:
    """Replace the roles of a user. Raises a 404 problem when there is none."""
    row = await fetch_one(connection, _SET_ROLES, {"id": user_id, "roles": sorted(set(roles))})
    if row is None:
        raise not_found()

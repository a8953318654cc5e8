"""Statements about keys of providers."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from cloud_api.database.pool import (
    Connection,
    Database,
    execute,
    fetch_all,
    fetch_row,
)
from cloud_api.features.llm_keys.models import KeyFacts, KeyRow
from cloud_api.security.vault import Place, Sealed
from local_engine.contracts.llm_keys import Provider

_FACTS = "provider, last_four, stored_at, tested_at, works"
_ROW = "id, user_id, provider, version, kek_id, wrapped_key, ciphertext"
_LIST = f"SELECT {_FACTS} FROM llm_keys WHERE user_id = %(user)s ORDER BY provider"
_FIND = f"SELECT {_ROW} FROM llm_keys WHERE user_id = %(user)s AND provider = %(provider)s"
_PUT = f"""
    INSERT INTO llm_keys
        (id, user_id, provider, version, kek_id, wrapped_key, ciphertext, last_four)
    VALUES (%(row)s, %(user)s, %(provider)s, %(version)s, %(kek_id)s, %(wrapped_key)s,
            %(ciphertext)s, %(last_four)s)
    ON CONFLICT (user_id, provider) DO UPDATE
    SET id = excluded.id, version = excluded.version, kek_id = excluded.kek_id,
        wrapped_key = excluded.wrapped_key, ciphertext = excluded.ciphertext,
        last_four = excluded.last_four, stored_at = now(), tested_at = NULL, works = NULL
    RETURNING {_FACTS}
"""
_DELETE = "DELETE FROM llm_keys WHERE user_id = %(user)s AND provider = %(provider)s"
# A key that was replaced meanwhile has not been tested: its row has another id.
_TESTED = "UPDATE llm_keys SET tested_at = now(), works = %(works)s WHERE id = %(id)s"
_OUTDATED = f"""
    SELECT {_ROW} FROM llm_keys
    WHERE kek_id <> %(present)s AND id > %(after)s
    ORDER BY id
    LIMIT 100
    FOR UPDATE
"""
_REWRAP = """
    UPDATE llm_keys SET kek_id = %(kek_id)s, wrapped_key = %(wrapped_key)s WHERE id = %(id)s
"""


async def list_all(database: Database, user: UUID) -> list[KeyFacts]:
    """What an account has stored."""
    return [KeyFacts(**row) for row in await database.fetch_all(_LIST, {"user": user})]


async def find(database: Database, user: UUID, provider: Provider) -> KeyRow | None:
    """A stored key, sealed."""
    row = await database.fetch_one(_FIND, {"user": user, "provider": provider})
    return None if row is None else KeyRow(**row)


async def put(connection: Connection, place: Place, sealed: Sealed, last_four: str) -> KeyFacts:
    """Store a key, in place of an earlier one."""
    names = {**asdict(place), **asdict(sealed), "last_four": last_four}
    return KeyFacts(**await fetch_row(connection, _PUT, names))


async def delete(connection: Connection, user: UUID, provider: Provider) -> bool:
    """Remove a key; whether there was one."""
    return await execute(connection, _DELETE, {"user": user, "provider": provider}) == 1


async def mark_tested(connection: Connection, row: UUID, works: bool | None) -> None:
    """Remember how a test went; None when the provider did not say."""
    await execute(connection, _TESTED, {"id": row, "works": works})


async def outdated(connection: Connection, present: str, after: UUID) -> list[KeyRow]:
    """The next keys that are wrapped by another key than the present one, locked."""
    rows = await fetch_all(connection, _OUTDATED, {"present": present, "after": after})
    return [KeyRow(**row) for row in rows]


async def rewrap(connection: Connection, row: UUID, sealed: Sealed) -> None:
    """Store a data key that was wrapped anew."""
    names = {"id": row, "kek_id": sealed.kek_id, "wrapped_key": sealed.wrapped_key}
    await execute(connection, _REWRAP, names)

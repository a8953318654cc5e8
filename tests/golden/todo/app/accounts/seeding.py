"""Accounts by command: how the first admin, and users for demos and tests, come to be."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import psycopg
from pydantic import ValidationError

from ..core.db import Connection, Database, fetch_one
from ..core.passwords import Passwords
from ..core.settings import Settings
from .profile import Profile, Registration
from .users import Users

_FIND = "SELECT id FROM users WHERE email = %(email)s FOR UPDATE"


class AccountsRefused(Exception):
    """The accounts cannot be saved; the message is one line that says which and why."""


@dataclass(frozen=True, slots=True)
class _Account:
    given: Registration
    roles: list[str]
    active: bool
    password_hash: str


async def save_users(settings: Settings, profile: Profile, content: Any) -> list[dict[str, str]]:
    """Create or update the accounts of `{"users": [{"email", "password", "roles", ...}]}`.

    All or none; returns e-mail address and id of each. Raises `AccountsRefused`.
    """
    passwords = Passwords(settings.password_hash_parallelism)
    entries = content.get("users") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise AccountsRefused('give {"users": [{"email": ..., "password": ..., "roles": [...]}]}')
    accounts = await asyncio.gather(
        *(_read(entry, n, profile, passwords) for n, entry in enumerate(entries))
    )
    users = Users(profile)

    async def work(connection: Connection) -> list[dict[str, str]]:
        return [await _save(connection, users, profile, account) for account in accounts]

    try:
        async with Database(settings) as database:
            return await database.run(work)
    except psycopg.Error as error:
        message = str(error).strip().splitlines()[0]
        raise AccountsRefused(f"the database refused: {message}") from None


async def _read(entry: Any, index: int, profile: Profile, passwords: Passwords) -> _Account:
    if not isinstance(entry, dict):
        raise AccountsRefused(f"users[{index}] is not an object")
    own = {name: value for name, value in entry.items() if name not in {"roles", "active"}}
    roles = entry.get("roles", [])
    if not isinstance(roles, list) or not profile.all_roles.issuperset(roles):
        raise AccountsRefused(
            f"users[{index}].roles: give some of {', '.join(sorted(profile.all_roles))}"
        )
    try:
        given = profile.registration.model_validate_json(json.dumps(own))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise AccountsRefused(f"users[{index}].{where}: {first['msg']}") from None
    password_hash = await passwords.hash(given.password)
    return _Account(given, roles, entry.get("active", True) is True, password_hash)


async def _save(
    connection: Connection, users: Users, profile: Profile, account: _Account
) -> dict[str, str]:
    given = account.given
    own = given.values(profile.columns)
    found = await fetch_one(connection, _FIND, {"email": given.email.lower()})
    if found is None:
        user_id = await users.create(
            connection, given.email, account.password_hash, account.roles, own
        )
    else:
        user_id = found[0]
        own |= {"password_hash": account.password_hash, "roles": account.roles}
    await users.update(connection, user_id, {**own, "active": account.active})
    return {"email": given.email, "id": str(user_id)}

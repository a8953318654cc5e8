"""The people of the demo data."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from ..accounts.profile import Profile
from ..accounts.users import Users
from ..core.actor import Actor
from ..core.db import Connection, fetch_one

_NO_PASSWORD = "!"  # noqa: S105 - no password has this for its hash
_FIND = "SELECT 1 FROM users WHERE email = %(email)s"


async def demo_people(
    connection: Connection, profile: Profile, people: Mapping[str, Mapping[str, Any]]
) -> dict[str, Actor] | None:
    """The accounts of the demo, by name; None if they are there already.

    `people` gives the roles and own fields of each. Nobody can sign in to these accounts before
    they get a password: `python -m app users` sets one, for `<name>@demo.example`.
    """
    users = Users(profile)
    found: dict[str, Actor] = {}
    for name, about in people.items():
        email = f"{name}@demo.example"
        if await fetch_one(connection, _FIND, {"email": email}) is not None:
            return None
        roles = about["roles"]
        own = {field: value for field, value in about.items() if field != "roles"}
        password = secrets.token_urlsafe(32)
        given = profile.registration.model_validate({"email": email, "password": password, **own})
        user = await users.create(
            connection, email, _NO_PASSWORD, roles, given.values(profile.columns)
        )
        found[name] = Actor.of(user, frozenset(roles))
    return found

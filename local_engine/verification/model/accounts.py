"""The routes of accounts that need no password or token: docs/blueprint.md, §2."""

from __future__ import annotations

from typing import Any

from local_engine.generator.blueprint.resolved import USER, Access, Entity
from local_engine.verification.model.bodies import Reading, read_object, read_value, writable
from local_engine.verification.model.handling import Handling
from local_engine.verification.model.lists import page
from local_engine.verification.model.outcome import UNKNOWN, Done, Refused
from local_engine.verification.model.store import Row

BUILT_IN = frozenset({"email", "roles", "active", "password_hash"})


def account(handling: Handling) -> Done:
    """Any route of accounts; those of signing in are left to whoever proves them."""
    route = handling.match.route
    if route.path.startswith("/auth/"):
        return Done(200, UNKNOWN, also=frozenset({201, 204, 400, 401, 403, 409, 415, 422, 429}))
    handling.need_account(route.access)
    if route.path == "/users/me":
        return _me(handling)
    if route.path == "/users/me/password":
        return Done(204, UNKNOWN, also=frozenset({400, 415, 422}))
    _need_admin(handling, route.access)
    if route.path == "/users":
        users = handling.transaction.store.rows(USER)
        return Done(200, page(handling.judge, handling.entity, users, handling.incoming.parameters))
    user = handling.transaction.store.find(USER, handling.match.steps[0].value)
    if user is None:
        raise Refused(404, why="there is no such user")
    if route.method == "PUT":
        return _set_roles(handling, user)
    return handling.answer(user, 200)


def _need_admin(handling: Handling, access: Access) -> None:
    if not handling.judge.admits(access, None):
        raise handling.judge.forbidden("accounts are the admin's")


def own_fields(entity: Entity) -> list[str]:
    """The names of the fields that a Blueprint adds to accounts."""
    return [name for name in entity.fields if name not in BUILT_IN]


def _me(handling: Handling) -> Done:
    user = handling.transaction.view.user(handling.judge.subject.id)
    if user is None:
        raise Refused(401, why="the account is not there")
    if handling.match.route.method == "GET":
        return handling.answer(user, 200)
    body = read_object(handling.incoming.json())
    known = writable(handling.entity, changing=True).fields
    reading = Reading()
    for key, value in body.items():
        if key in known and key not in BUILT_IN:
            read_value(reading, key, known[key], value)
        else:
            reading.wrong[key] = "it is not an own field"
    reading.check()
    handling.transaction.change(user, **reading.values)
    handling.transaction.finish()
    return handling.answer(user, 200)


def _set_roles(handling: Handling, user: Row) -> Done:
    roles: Any = read_object(handling.incoming.json()).get("roles")
    known = handling.transaction.application.accounts.roles
    if not isinstance(roles, list) or any(role not in known for role in roles):
        raise Refused(422, why="an unknown role", fields=("roles",))
    if "admin" not in roles and _is_last_admin(handling, user):
        raise Refused(409, why="no other account is an admin's", rules=("user.last_admin",))
    handling.transaction.change(user, roles=list(roles))
    handling.transaction.finish()
    return handling.answer(user, 200)


def _is_last_admin(handling: Handling, user: Row) -> bool:
    admins = [
        row.id
        for row in handling.transaction.store.rows(USER)
        if row.values["active"] and "admin" in row.values["roles"]
    ]
    return admins == [user.id]

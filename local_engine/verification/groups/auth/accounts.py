"""Changing accounts: passwords by their owners, roles by admins."""

from collections.abc import Iterator
from functools import partial

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification import expect
from local_engine.verification.checks import Check
from local_engine.verification.context import Context
from local_engine.verification.groups.auth.flows import (
    login,
    password_of,
    refresh,
    refused,
    signed_in,
)

_NEW = "another long password"


def checks(application: Application) -> Iterator[Check]:
    """Checks of accounts that exist."""
    yield Check("auth.password", "A changed password ends all other sessions.", _password)
    yield Check("auth.password.wrong", "Without the present password none is set.", _wrong)
    yield Check(
        "auth.roles",
        "Admins set roles that exist, nobody else does.",
        partial(_roles, [role for role in application.accounts.roles if role != "admin"]),
    )
    yield Check("auth.users", "Only admins see the accounts of others.", _users)
    yield Check("auth.me", "Nobody changes roles or address of the own account.", _me)


def _password(context: Context) -> None:
    actor = context.world.actor("other")
    before = signed_in(context, actor)
    body = {"current_password": password_of(actor), "new_password": _NEW}
    answer = context.http.send("PUT", "/users/me/password", actor=actor, json=body)
    expect.status_is(answer, 204)
    refused(refresh(context, before.refresh), "the password was changed", before.answer, answer)
    refused(login(context, actor.email, password_of(actor)), "the old password", answer)
    expect.status_is(login(context, actor.email, _NEW), 200, before=[answer])


def _wrong(context: Context) -> None:
    actor = context.world.actor("user")
    for current, new in (("not the password", _NEW), (password_of(actor), "short77")):
        body = {"current_password": current, "new_password": new}
        answer = context.http.send("PUT", "/users/me/password", actor=actor, json=body)
        expect.problem(answer, 422)
    expect.status_is(login(context, actor.email, password_of(actor)), 200, why="still the password")


def _roles(roles: list[str], context: Context) -> None:
    admin, user = context.world.actor("admin"), context.world.actor("user")
    path = f"/users/{context.world.actor('other').id}/roles"
    refusal = context.http.send("PUT", path, actor=user, json={"roles": ["admin"]})
    expect.problem(refusal, 403, 404, why="only admins set roles")
    own = f"/users/{user.id}/roles"
    expect.problem(context.http.send("PUT", own, actor=user, json={"roles": ["admin"]}), 403, 404)
    unknown = context.http.send("PUT", path, actor=admin, json={"roles": ["no_such_role"]})
    expect.problem(unknown, 422, why="there is no such role")
    given = context.http.send("PUT", path, actor=admin, json={"roles": roles[:1]})
    expect.status_is(given, 200)
    found = given.json.get("roles")
    expect.holds(found == roles[:1], f"roles {roles[:1]}", f"roles {found}", given)


def _users(context: Context) -> None:
    admin, user = context.world.actor("admin"), context.world.actor("user")
    path = f"/users/{context.world.actor('other').id}"
    for target in ("/users", path):
        expect.problem(context.http.send("GET", target, actor=user), 403, 404)
        answer = expect.status_is(context.http.send("GET", target, actor=admin), 200)
        leak = "password" in answer.text or "argon2" in answer.text
        expect.holds(not leak, "no secret in the answer", "something of a password", answer)


def _me(context: Context) -> None:
    actor = context.world.actor("user")
    before = expect.set_up(context.http.send("GET", "/users/me", actor=actor), 200)
    changes = {"roles": ["admin"], "email": "new@example.com", "active": False, "password": _NEW}
    for key, value in changes.items():
        answer = context.http.send("PATCH", "/users/me", actor=actor, json={key: value})
        expect.names_field(answer, key, before=[before])
    after = context.http.send("GET", "/users/me", actor=actor)
    expect.holds(after.json == before.json, "the account unchanged", after.text, before, after)

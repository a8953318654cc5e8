"""Who is an admin, as a check of the last one needs it."""

from collections.abc import Sequence
from dataclasses import replace

from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.context import Context
from local_engine.verification.groups.auth.flows import signed_in
from local_engine.verification.http import Exchange

ADMIN = "admin"


def set_roles(context: Context, sender: Actor, account: Actor, roles: Sequence[str]) -> Exchange:
    """Ask for other roles of an account."""
    body = {"roles": list(roles)}
    return context.http.send("PUT", f"/users/{account.id}/roles", actor=sender, json=body)


def leave_admins(context: Context, admin: Actor, *others: Actor) -> None:
    """Make these accounts the only admins."""
    for other in others:
        expect.set_up(set_roles(context, admin, other, [*other.roles, ADMIN]), 200)
    answer = context.http.send("GET", "/users", actor=admin, params={"limit": 100})
    kept = {admin.id, *(other.id for other in others)}
    for user in expect.set_up(answer, 200).json["items"]:
        if ADMIN in user["roles"] and user["id"] not in kept:
            roles = [role for role in user["roles"] if role != ADMIN]
            account = Actor(user["email"], user["id"])
            expect.set_up(set_roles(context, admin, account, roles), 200)


def return_roles(context: Context, second: Actor, admin: Actor) -> None:
    """Let the second admin make the first one an admin again, and be none any more."""
    sender = replace(second, token=signed_in(context, second).access)
    expect.set_up(set_roles(context, sender, admin, admin.roles), 200)
    expect.set_up(set_roles(context, sender, second, second.roles), 200)

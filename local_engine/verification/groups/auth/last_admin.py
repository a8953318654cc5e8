"""There is always an admin: nobody takes the role from the last one."""

from collections.abc import Iterator

from local_engine.verification import expect
from local_engine.verification.checks import Check
from local_engine.verification.context import Context
from local_engine.verification.groups.auth.admins import (
    leave_admins,
    return_roles,
    set_roles,
)

_RULE = "user.last_admin"


def checks() -> Iterator[Check]:
    """The check of the last admin."""
    yield Check(
        "auth.roles.last_admin",
        "The last admin cannot give the role up; one of several can.",
        _last_admin,
    )


def _last_admin(context: Context) -> None:
    admin, user = context.world.actor("admin"), context.world.actor("user")
    leave_admins(context, admin)
    before = expect.set_up(context.http.send("GET", f"/users/{admin.id}", actor=admin), 200)
    refused = set_roles(context, admin, admin, [])
    expect.problem(refused, 409, why="no other account has the role", before=[before])
    rule = refused.json.get("rule")
    expect.holds(
        rule == _RULE,
        f"rule {_RULE}",
        f"rule {rule}",
        refused,
        claim=f"answer.json()['rule'] == {_RULE!r}",
    )
    after = context.http.send("GET", f"/users/{admin.id}", actor=admin)
    expect.holds(after.json == before.json, "the account unchanged", after.text, before, after)
    leave_admins(context, admin, user)
    stepped_back = set_roles(context, admin, admin, [])
    expect.status_is(stepped_back, 200, why="there is another admin")
    return_roles(context, user, admin)

"""Two admins, the last ones, who step back at the same time."""

from local_engine.verification.checks import CheckFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.auth.admins import leave_admins, return_roles, set_roles
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.groups.race.contest import held
from local_engine.verification.model.sketch import build


def step_back_at_once(context: Context) -> None:
    """One of them stays an admin: neither is committed before both have been written."""
    admin, user = context.world.actor("admin"), context.world.actor("user")
    leave_admins(context, admin, user)
    requests = [
        build("PUT", f"/users/{account.id}/roles", admin, {"roles": []})
        for account in (admin, user)
    ]
    exchanges = held(Trial(context), requests)
    statuses = [exchange.status for exchange in exchanges]
    if sorted(statuses) != [200, 409]:
        told = ", ".join(map(str, statuses))
        raise CheckFailed("200 for one of them and 409 for the other", told, exchanges)
    if statuses == [200, 409]:
        return_roles(context, user, admin)
    else:
        set_roles(context, admin, user, user.roles)

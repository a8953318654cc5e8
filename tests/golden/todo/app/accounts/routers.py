"""The routers of a project's accounts, as its profile wants them."""

from __future__ import annotations

from fastapi import APIRouter

from . import joining, sign_in
from .administration import Administration
from .myself import MyAccount
from .profile import Profile
from .users import Users


def accounts_routers(profile: Profile) -> list[APIRouter]:
    """Sign-in, joining (unless it is closed), one's own account, administration by admins."""
    users = Users(profile)
    routers = [sign_in.router]
    if profile.sign_up == "open":
        routers.append(joining.open_router(profile, users))
    elif profile.sign_up == "invite":
        routers += [joining.invited_router(profile, users), joining.invitations_router]
    # /users/me before /users/{user_id}: fixed segments are found first in any case.
    return [
        *routers,
        MyAccount(profile, users).router(),
        Administration(profile, users).router(),
    ]

"""Accounts of this project: roles, how people join, and fields of their own."""

from typing import Annotated

from pydantic import Field

from app.accounts.profile import Profile, Registration, User, UserUpdate
from app.core.body import absent

DisplayName = Annotated[str, Field(min_length=1, max_length=60)]


class KanbanRegistration(Registration):
    """What somebody gives to join."""

    display_name: DisplayName


class KanbanUserUpdate(UserUpdate):
    """What users may change of their own account."""

    display_name: DisplayName = absent()


class KanbanUser(User):
    """An account as its owner and admins see it."""

    display_name: str


PROFILE = Profile(
    sign_up="open",
    roles=frozenset({"member"}),
    default_role="member",
    registration=KanbanRegistration,
    update=KanbanUserUpdate,
    user=KanbanUser,
    columns={"display_name": "display_name"},
    document="u.display_name",
)

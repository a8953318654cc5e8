"""Accounts of this project: roles, how people join, and fields of their own."""

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from app.accounts.profile import Profile, Registration, User, UserUpdate
from app.core.body import absent
from app.core.fields import ONE_LINE, DecimalText
from app.core.pagination import ListField
from app.core.values import TEXT

DisplayName = Annotated[
    str, Field(min_length=1, max_length=60, examples=["Display name"]), ONE_LINE
]

Credit = Annotated[Decimal, DecimalText(15, 2), Field(examples=["10.00"])]
Phone = Annotated[str, Field(min_length=1, max_length=30, examples=["Phone"]), ONE_LINE]


class AccountRegistration(Registration):
    """What somebody gives to join."""

    read_only: ClassVar[frozenset[str]] = Registration.read_only | {"credit"}

    display_name: DisplayName
    phone: Phone | None = None


class AccountUpdate(UserUpdate):
    """What users may change of their own account."""

    read_only: ClassVar[frozenset[str]] = UserUpdate.read_only | {"credit"}

    display_name: DisplayName = absent()
    phone: Phone | None = absent()


class Account(User):
    """An account as its owner and admins see it."""

    display_name: str
    credit: str


PROFILE = Profile(
    sign_up="open",
    roles=frozenset({"librarian", "patron"}),
    default_role="patron",
    registration=AccountRegistration,
    update=AccountUpdate,
    user=Account,
    columns={"display_name": "display_name", "phone": "phone"},
    document="u.display_name, u.credit::text AS credit",
    list_fields={"display_name": ListField("u.display_name", TEXT, filter=True, sort=True)},
)

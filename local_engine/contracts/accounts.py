"""Accounts and the devices that are signed in to them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from local_engine.contracts.wire import Answer, Json, Line, Moment, Request, Text

MIN_PASSWORD, MAX_PASSWORD = 8, 128
MAX_EMAIL = 254
_LOCAL_PART = 64


def _address(text: str) -> str:
    """The plain forms of RFC 5321, in small letters; whether it takes mail, only a mail tells."""
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    sound = (
        at
        and 0 < len(local) <= _LOCAL_PART
        and not any(c.isspace() or c in '@"<>(),;:\\[]' for c in local)
        and not (local.startswith(".") or local.endswith(".") or ".." in local)
        and len(labels) > 1
        and all(label and not label.startswith("-") and not label.endswith("-") for label in labels)
        and all(c.isalnum() or c == "-" for label in labels for c in label)
    )
    if not sound:
        raise ValueError("is no e-mail address such as ada@example.com")
    return text.lower()


Email = Annotated[
    Line,
    StringConstraints(strip_whitespace=True, max_length=MAX_EMAIL),
    AfterValidator(_address),
    Field(json_schema_extra={"format": "email"}, examples=["ada@example.com"]),
]
Password = Annotated[
    Text,
    Field(
        min_length=MIN_PASSWORD,
        max_length=MAX_PASSWORD,
        json_schema_extra={"format": "password"},
        examples=["correct horse battery staple"],
    ),
]
OldPassword = Annotated[
    Text, Field(max_length=MAX_PASSWORD, json_schema_extra={"format": "password"})
]
Code = Annotated[Line, Field(min_length=1, max_length=128, description="The code from the mail.")]
RefreshToken = Annotated[Line, Field(min_length=1, max_length=128)]


class Registration(Request):
    """What somebody gives to get an account."""

    email: Email
    password: Password


class Registered(Answer):
    """The same whether the address was free or not: a mail tells its owner."""

    email: str
    detail: str


class Tokens(Answer):
    """A session: an access token for requests, a refresh token for the next access token."""

    access_token: str
    token_type: str
    expires_in: Annotated[int, Field(description="Seconds.")]
    refresh_token: str


class Refresh(Request):
    """The refresh token that was given last."""

    refresh_token: RefreshToken


class Me(Answer):
    """The account that is signed in."""

    id: UUID
    email: str
    email_verified: bool
    created_at: Moment


class Device(Answer):
    """A device that is signed in; `current` is the one that asks."""

    id: UUID
    name: str
    address: str
    signed_in_at: Moment
    last_used_at: Moment
    expires_at: Moment
    current: bool


class Devices(Answer):
    """All devices that are signed in, the one used last first."""

    devices: list[Device]


class PasswordChange(Request):
    """The password as it is, and as it shall be."""

    current_password: OldPassword
    new_password: Password


class PasswordForgotten(Request):
    """Whose password is to be set anew."""

    email: Email


class PasswordReset(Request):
    """A new password, with the code that was mailed."""

    code: Code
    new_password: Password


class EmailVerification(Request):
    """The code that was mailed to the address; the password is for who is not signed in."""

    code: Code
    password: OldPassword | None = None


class AccountDeletion(Request):
    """Deleting an account takes its password."""

    password: OldPassword


class AccountExport(Answer):
    """All that the service keeps about an account, but for what is secret."""

    exported_at: Moment
    account: Me
    devices: list[Device]
    security_events: list[Json]
    data: dict[str, list[Json]] = Field(default_factory=dict)

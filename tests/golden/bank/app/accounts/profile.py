"""What a project says about its accounts: how people join, roles, and fields of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from ..core.body import Input, Patch
from ..core.fields import EMAIL
from ..core.pagination import ListField
from ..core.passwords import MAX_LENGTH, MIN_LENGTH

ADMIN = "admin"

Email = Annotated[str, EMAIL]
Password = Annotated[
    str, Field(min_length=MIN_LENGTH, max_length=MAX_LENGTH, examples=["correct horse battery"])
]

_READ_ONLY = frozenset({"id", "roles", "active", "created_at", "updated_at"})


class User(BaseModel):
    """An account as its owner and admins see it."""

    id: UUID
    email: str
    roles: list[str]
    created_at: datetime
    updated_at: datetime


class Registration(Input):
    """What somebody gives to join."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    email: Email
    password: Password


class UserUpdate(Patch):
    """What users may change of their own account; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY | {"email", "password"}


@dataclass(frozen=True, slots=True)
class Profile:
    """The accounts of a project.

    `registration`, `update` and `user` may be extended by own fields; `columns` gives the column
    of each of these, `document` their items in the SELECT list of a user `u` (such as
    `u.nickname, u.credit::text`), `list_fields` what lists of users may be filtered or sorted by.
    """

    sign_up: Literal["open", "invite", "closed"] = "open"
    roles: frozenset[str] = frozenset()
    default_role: str | None = None
    registration: type[Registration] = Registration
    update: type[UserUpdate] = UserUpdate
    user: type[User] = User
    columns: Mapping[str, str] = field(default_factory=dict)
    document: str = ""
    list_fields: Mapping[str, ListField] = field(default_factory=dict)

    @property
    def all_roles(self) -> frozenset[str]:
        """The roles of the project and `admin`, which always exists."""
        return self.roles | {ADMIN}

    @property
    def first_roles(self) -> list[str]:
        """The roles of somebody who joins by request."""
        return [] if self.default_role is None else [self.default_role]

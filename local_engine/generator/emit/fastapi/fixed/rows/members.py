"""People who are added by others: named by the id of their account, or by its e-mail address."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from ..core.body import Input
from ..core.db import Connection, fetch_one
from ..core.problem import FieldError, invalid

_FIND = "SELECT id FROM users WHERE email = %(email)s AND active FOR KEY SHARE"


class MemberInput(Input):
    """The base of bodies that name somebody: by `<person>_id` or `<person>_email`, not both."""

    person: ClassVar[str]

    @property
    def email(self) -> str | None:
        """The address that was given."""
        found: str | None = getattr(self, f"{self.person}_email")
        return found

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        """Raises ValidationError at the id where neither was given, else at the address."""
        by_id, by_email = f"{self.person}_id", f"{self.person}_email"
        if not {by_id, by_email} & self.model_fields_set:
            raise _refused(self, InitErrorDetails(type="missing", loc=(by_id,), input={}))
        if {by_id, by_email} <= self.model_fields_set:
            kind = PydanticCustomError(
                "not_allowed", "Give the id or the e-mail address, not both."
            )
            raise _refused(self, InitErrorDetails(type=kind, loc=(by_email,), input={}))
        return self


def _refused(model: Input, details: InitErrorDetails) -> ValidationError:
    return ValidationError.from_exception_data(type(model).__name__, [details])


async def find_member(connection: Connection, row: dict[str, Any], new: MemberInput) -> None:
    """Put the id of the account with the given address into the row, if there is one."""
    if new.email is not None:
        found = await fetch_one(connection, _FIND, {"email": new.email.lower()})
        row[f"{new.person}_id"] = None if found is None else found[0]


def require_member(row: dict[str, Any], new: MemberInput) -> None:
    """Raises a 422 problem when no active account has the given address.

    To be asked once it is known that the actor may add people: nobody else learns of accounts.
    """
    if row[f"{new.person}_id"] is None:
        message = "There is no such account."
        raise invalid([FieldError(f"/{new.person}_email", "reference", message)])

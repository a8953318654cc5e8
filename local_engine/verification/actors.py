"""Somebody who sends requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """A sender of requests; `token` is None for anonymous ones.

    `label` names the actor in reports ("owner", "stranger", "baker" ...). `account` is what the
    users command was given to make the account: e-mail, roles and own fields, without the
    password.
    """

    label: str
    id: str = ""
    token: str | None = field(default=None, repr=False)
    account: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)
    password: str = field(default="", repr=False, compare=False)

    @property
    def email(self) -> str:
        """The account's e-mail address, empty for an anonymous actor."""
        return str(self.account.get("email", ""))

    @property
    def roles(self) -> tuple[str, ...]:
        """The account's roles."""
        roles = self.account.get("roles", ())
        return tuple(str(role) for role in roles) if isinstance(roles, list | tuple) else ()


ANONYMOUS = Actor("anonymous")

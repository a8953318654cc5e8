"""Auth: accounts, sessions and tokens hold against what attackers try first."""

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Check
from local_engine.verification.groups.auth import (
    accounts,
    forgery,
    last_admin,
    limits,
    secrecy,
    sessions,
    sign_up,
)
from local_engine.verification.registry import Group


def checks(application: Application) -> Iterator[Check]:
    """The checks of this group; limits come last, as they lock out this address."""
    yield from sessions.checks()
    yield from forgery.checks(application)
    yield from sign_up.checks(application)
    yield from accounts.checks(application)
    yield from last_admin.checks()
    yield from secrecy.checks()
    yield from limits.checks(application)


GROUP = Group(
    "auth", "Passwords, tokens and sessions withstand forgery and guessing", checks, effort=3
)

"""Roles that nobody gets by signing up, and the command that gives them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.blueprints import FILE
from local_engine.cli.output import Output
from local_engine.cli.program import command

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Application
    from local_engine.generator.blueprint.resolved import Access


def roles_by_command(application: Application) -> tuple[str, ...]:
    """The roles that the Blueprint gives a meaning and that only the users command gives."""
    accounts = application.accounts
    joins_with = accounts.default_role if accounts.sign_up == "open" else None
    said = {role for access in _accesses(application) for role in _roles(access)}
    return tuple(role for role in accounts.roles if role in said and role != joins_with)


def tell_users(application: Application, folder: Path, output: Output) -> None:
    """Say how users with roles come to be, where any role means something."""
    roles = roles_by_command(application)
    if roles:
        role = "admin" if "admin" in roles else roles[0]
        output.field("Users", command("users", folder, "add", "you@example.com", "--role", role))


def tell_users_of_project(folder: Path, output: Output) -> None:
    """The same for a project that is there; its Blueprint may be wrong by now."""
    from local_engine.generator.blueprint import BlueprintErrors, load_file

    with contextlib.suppress(BlueprintErrors, OSError):
        tell_users(load_file(folder / FILE).application, folder, output)


def _accesses(application: Application) -> Iterator[Access]:
    for entity in application.own_entities:
        yield from entity.access.values()
        if entity.states is not None:
            yield from (transition.access for transition in entity.states.transitions.values())
    for found in (application.operations, application.reports, application.feeds):
        yield from (one.access for one in found.values())


def _roles(access: Access) -> Iterator[str]:
    from local_engine.generator.blueprint.resolved import HasRole

    for clause in access.clauses:
        if isinstance(clause.actor, HasRole):
            yield clause.actor.role

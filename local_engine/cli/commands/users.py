"""`users`: accounts with roles in a project's preview, the first admin among them."""

from __future__ import annotations

import getpass
import json
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.blueprints import load_blueprint
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.previews import preview_errors, the_running

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Application

GENERATED_BYTES = 15
"""Twenty characters: far too many to guess."""
_AS_JSON = ("integer", "boolean", "list", "json")


@dataclass(frozen=True)
class UserRequest:
    """Who is to have an account: `fields` are `name=value` for own fields of User."""

    project: Path
    email: str
    roles: Sequence[str]
    fields: Sequence[str]
    generate: bool


def add_user(request: UserRequest, output: Output) -> int:
    """Create the account, or give an existing one this password and these roles."""
    from local_engine.runtime.preview import CommandFailedError, save_users

    folder = _folder(request.project)
    application = load_blueprint(folder, output).application
    _check_roles(application, request.roles)
    own = _own_fields(application, request.fields)
    password, generated = _password(request)
    user = {"email": request.email, "password": password, "roles": list(request.roles), **own}
    with preview_errors():
        try:
            (identity,) = save_users(folder, [user]).values()
        except CommandFailedError as failure:
            if failure.command != "users":
                raise
            raise CommandError(_reason(failure.output), code=ExitCode.USAGE) from None
    output.field("User", request.email)
    output.field("Roles", ", ".join(request.roles) or "none")
    if generated:
        output.field("Password", f"{password}  (it is shown only now)")
    shown = {"email": request.email, "id": identity, "roles": list(request.roles)}
    output.finish({"user": {**shown, "password": password if generated else None}})
    return ExitCode.OK


def _folder(project: Path) -> Path:
    """The project's folder, or that of the running project of this name."""
    return project if project.exists() else Path(the_running(str(project)).project)


def _check_roles(application: Application, roles: Sequence[str]) -> None:
    known = application.accounts.roles
    for role in roles:
        if role not in known:
            raise CommandError(
                f"{application.name} has no role {role!r}",
                hint=f"its roles: {', '.join(known)}",
                code=ExitCode.USAGE,
            )


def _own_fields(application: Application, given: Sequence[str]) -> dict[str, Any]:
    """The values of `name=value`, each as JSON has it for the field's type."""
    fields = application.entities["User"].fields
    values: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in fields:
            own = ", ".join(fields) or "none"
            raise CommandError(
                f"--field {text}: give name=value for a field of User",
                hint=f"its own fields: {own}",
                code=ExitCode.USAGE,
            )
        values[name] = value
        if fields[name].type in _AS_JSON:
            try:
                values[name] = json.loads(value)
            except ValueError:
                message = f"--field {name}: {value!r} is not a JSON {fields[name].type}"
                raise CommandError(message, code=ExitCode.USAGE) from None
    return values


def _password(request: UserRequest) -> tuple[str, bool]:
    """A password that was typed or piped, or a generated one; and whether it is generated."""
    given = ""
    if not request.generate and sys.stdin.isatty():
        given = getpass.getpass("Password (empty: one is generated): ")
        if given and getpass.getpass("The same again: ") != given:
            raise CommandError("the two passwords differ", code=ExitCode.USAGE)
    elif not request.generate:
        given = sys.stdin.readline().rstrip("\r\n")
    return (given, False) if given else (secrets.token_urlsafe(GENERATED_BYTES), True)


def _reason(output: str) -> str:
    """What the project's command said, without the place in what we sent it."""
    lines = output.strip().splitlines() or ["the project's users command failed"]
    return lines[-1].removeprefix("error: ").removeprefix("users[0].")

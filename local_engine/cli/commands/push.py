"""`push`: the history of a project to a git remote."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.jobs import job
from local_engine.cli.output import Output
from local_engine.cli.program import command
from local_engine.cli.projects import on_the_list

if TYPE_CHECKING:
    from local_engine.jobs.events import Event
    from local_engine.jobs.kinds.push import PushRequest


@dataclass(frozen=True)
class PushOrder:
    """What was asked for; without `remote`, the repository's own origin is meant."""

    project: Path
    remote: str | None
    branch: str
    secret: str | None
    token_stdin: bool
    trust: str | None


def push_project(order: PushOrder, output: Output) -> int:
    """Push; what the remote has and the project has not is never overwritten."""
    from local_engine.jobs.kinds import push
    from local_engine.runtime.home import engine_home

    address = order.remote or _remembered(order.project)
    with on_the_list(order.project, order.project.resolve().name[:100], output) as known:
        request = _request(order, address, known or "")
        token = _token(order, request)

        def on_event(event: Event) -> None:
            if event.type == "log":
                output.line(event.line)

        with output.step("push") as note:
            with job(request, order.project, output, on_event) as (run, own):
                result = push.pushed(run, request, order.project, engine_home(), token)
                own.finish(result)
            note.text = f"{result.new} commits" if result.new else "nothing new"
    output.line(f"{result.remote} has {result.branch} at {result.commit[:10]}")
    output.finish({name: value for name, value in result.model_dump().items() if name != "kind"})
    return ExitCode.OK


def _remembered(folder: Path) -> str:
    from local_engine.projects.pushing.push import remembered

    found = remembered(folder)
    if found is None:
        raise CommandError(
            "it is not known where to push to",
            hint=command("push", folder, "--to", "https://host/owner/name.git"),
            code=ExitCode.USAGE,
        )
    return found


def _request(order: PushOrder, address: str, project: str) -> PushRequest:
    from pydantic import ValidationError

    from local_engine.jobs.kinds.push import PushRequest
    from local_engine.projects.pushing.errors import PushRefused
    from local_engine.projects.pushing.remotes import parse_remote

    try:
        parse_remote(address)
        return PushRequest(
            project=project,
            remote=address,
            branch=order.branch,
            token=order.secret,
            trust=order.trust,
        )
    except PushRefused as refusal:
        raise CommandError(refusal.message, hint=refusal.hint, code=ExitCode.USAGE) from None
    except ValidationError as wrong:
        first = wrong.errors(include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise CommandError(f"{place}: {first['msg']}", code=ExitCode.USAGE) from None


def _token(order: PushOrder, request: PushRequest) -> str | None:
    """From standard input, the store of secrets, or a prompt on a terminal; ssh needs none."""
    from local_engine.runtime.home import engine_home
    from local_engine.secrets import Secrets, SecretsRefused

    if request.secret_name is None:
        return None
    if order.token_stdin:
        return sys.stdin.readline().rstrip("\r\n") or None
    try:
        found = Secrets(engine_home()).get(request.secret_name)
    except SecretsRefused:
        found = None  # a file that only the engine's user unlocks
    if found is None and sys.stdin.isatty():
        found = getpass("Token (empty: none): ") or None
    return found

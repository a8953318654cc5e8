"""`docker`: what is deployed, what it uses, and its starts, stops and ends."""

from __future__ import annotations

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from local_engine.cli.asking import agreed
from local_engine.cli.deployments import deployment_errors, deployment_facts
from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.program import command

if TYPE_CHECKING:
    from local_engine.runtime.docker.collecting import Unused

Change = Literal["start", "stop", "restart"]
_DONE = {"start": "Started", "stop": "Stopped", "restart": "Restarted"}
_MEBIBYTE = 1024**2


def list_all(output: Output) -> int:
    """A table of all deployments."""
    from local_engine.runtime.docker.managing import list_deployments, list_remains

    with deployment_errors():
        found = [*list_deployments(), *list_remains()]
    if found:
        rows = [
            (one.name, one.status, one.url or "", one.version[:10], one.folder) for one in found
        ]
        output.table(["name", "status", "address", "version", "project"], rows)
    else:
        output.line("Nothing is deployed.")
    facts = [deployment_facts(one) | {"status": one.status} for one in found]
    output.finish({"deployments": facts})
    return ExitCode.OK


def show_usage(which: str, output: Output) -> int:
    """A table of the parts with what they use."""
    from local_engine.runtime.docker.managing import engine_client, find_deployment
    from local_engine.runtime.docker.watching.usage import usage

    with deployment_errors(), engine_client() as client:
        found = usage(client, find_deployment(client, which))
    rows = [
        (
            one.part,
            one.state,
            f"{one.processor:.1f} %",
            f"{one.memory / _MEBIBYTE:.0f} of {one.memory_limit / _MEBIBYTE:.0f} MiB",
            str(one.processes),
            str(one.restarts),
        )
        for one in found
    ]
    output.table(["part", "state", ">processor", ">memory", ">processes", ">restarts"], rows)
    output.finish({"parts": [asdict(one) for one in found]})
    return ExitCode.OK


def run_sql(which: str, sql: str | None) -> int:
    """Run SQL by psql in the database's container, and print what it prints."""
    from local_engine.runtime.docker.managing import engine_client, find_deployment
    from local_engine.runtime.docker.watching.sql import psql

    statements = sql if sql is not None else sys.stdin.read()
    with deployment_errors(), engine_client() as client:
        code, said, complaints = psql(client, find_deployment(client, which), statements)
    sys.stdout.write(said)
    sys.stderr.write(complaints)
    return ExitCode.FAILED if code else ExitCode.OK


def change(how: Change, which: str, output: Output) -> int:
    """Start, stop or restart a deployment."""
    from local_engine.runtime.docker import managing

    carry_out = {"start": managing.start, "stop": managing.stop, "restart": managing.restart}[how]
    with deployment_errors(), output.step(how):
        found = carry_out(which)
    place = f" at {found.url}" if how != "stop" else "; its data stays"
    output.line(f"{_DONE[how]} {found.name}{place}.")
    output.finish(deployment_facts(found))
    return ExitCode.OK


def remove(which: str, data: bool, yes: bool, output: Output) -> int:
    """Remove a deployment; with its data only after asking."""
    from local_engine.runtime.docker import managing

    with deployment_errors():
        with managing.engine_client() as client:
            found = managing.find_deployment(client, which, removed=data)
        whose = f"{found.name}, deployed from {found.folder},"
        if data and not agreed(f"Remove {whose} with all data in its database?", yes, output):
            output.line("Nothing was removed.")
            output.finish({"removed": None})
            return ExitCode.OK
        found = managing.remove(found.project, data=data)
    output.line(f"Removed {found.name}{' and its data' if data else '; its data stays'}.")
    output.finish({"removed": deployment_facts(found)})
    return ExitCode.OK


def rehearse(project: Path, output: Output) -> int:
    """Tell what the migrations in a project's folder would do to the deployed data."""
    from local_engine.jobs.kinds.deploy import rehearsed

    with deployment_errors(), output.step("try on a copy"):
        found = rehearsed(project)
    if found is None:
        output.line("There is no data, or nothing to apply to it.")
    for line in found.lines if found is not None else ():
        output.line(f"On a copy of your data: {line}")
    output.finish({"rehearsal": None if found is None else found.facts()})
    refused = found is not None and found.rehearsal.refused is not None
    return ExitCode.FAILED if refused else ExitCode.OK


def collect(yes: bool, output: Output) -> int:
    """List what nobody needs any more, ask, remove it; say what is kept of projects not found."""
    from local_engine.projects.whereabouts import whereabouts
    from local_engine.runtime.docker.collecting import find_missing, find_unused, remove_all
    from local_engine.runtime.docker.installation import installation_id
    from local_engine.runtime.docker.managing import engine_client
    from local_engine.runtime.home import engine_home

    asked = partial(whereabouts, engine_home())
    with deployment_errors(), engine_client() as client:
        missing = find_missing(client, installation_id(), asked)
        _tell_missing(missing, output)
        unused = find_unused(client, installation_id(), asked)
        if unused:
            rows = [(one.kind, one.name, one.whose, _size(one.size)) for one in unused]
            output.table(["what", "name", "of", ">size"], rows)
        else:
            output.line("There is nothing to remove.")
        may = bool(unused) and agreed("Remove these?", yes, output)
        removed = remove_all(client, unused) if may else []
    if unused:
        output.line(f"Removed {len(removed)} of {len(unused)}.")
    output.finish({"removed": _named(removed), "missing": _named(missing)})
    return ExitCode.OK


def _tell_missing(missing: list[Unused], output: Output) -> None:
    for one in missing:
        output.line(f"! kept: {one.name}, the data of {one.whose}, which is not found", "yellow")
    if missing:
        output.line(
            "If you moved it, deploy it from where it is now; if it is gone for good: "
            f"{command('docker', 'remove', 'NAME', '--data')}"
        )


def _size(size: int | None) -> str:
    return f"{size / _MEBIBYTE:.0f} MiB" if size else ""


def _named(things: list[Unused]) -> list[dict[str, str]]:
    return [{"kind": one.kind, "name": one.name} for one in things]

"""A command's work as a job: an engine's window sees it, follows it, and can call it off."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli import interruption, program
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.jobs.events import Event
from local_engine.jobs.kind import JobRequest
from local_engine.jobs.ledger import Ledger, OwnJob, own_job
from local_engine.jobs.run import JobFailed, Run

if TYPE_CHECKING:
    from local_engine.jobs.events import KeptChanges, KeptOnDisk

_SHOWN = 5
_CODES = {
    "not-this-folder": ExitCode.USAGE,
    "not-writable": ExitCode.ENVIRONMENT,
    "not-startable": ExitCode.ENVIRONMENT,
    "preview-failed": ExitCode.ENVIRONMENT,
    "deploy-failed": ExitCode.ENVIRONMENT,
    "no-docker": ExitCode.ENVIRONMENT,
    "project-fails": ExitCode.ENVIRONMENT,
    "cloud-unreachable": ExitCode.ENVIRONMENT,
    "cloud-slow": ExitCode.ENVIRONMENT,
    "cloud-not-understood": ExitCode.ENVIRONMENT,
    "cloud-redirects": ExitCode.ENVIRONMENT,
    "locked": ExitCode.ENVIRONMENT,
    "cloud-address": ExitCode.USAGE,
}


@contextmanager
def job(
    request: JobRequest,
    folder: Path,
    output: Output,
    listener: Callable[[Event], None] | None = None,
) -> Iterator[tuple[Run, OwnJob]]:
    """The block does a job; what happens is shown, or given to `listener`.

    One that names no project is seen by nobody else. Raises CommandError for what it cannot do.
    """
    ledger = ledger_of(output) if getattr(request, "project", None) else None
    try:
        with own_job(
            ledger,
            request,
            folder,
            subscriber=listener or store_lines(output),
            call_off=interruption.call_off,
            reason=interruption.reason,
        ) as doing:
            yield doing
    except JobFailed as failure:
        raise _error(failure) from None


def store_lines(output: Output) -> Callable[[Event], None]:
    """Prints what the project store notices on its own."""

    def on_event(event: Event) -> None:
        match event.type:
            case "kept_changes":
                output.line(f"Kept your changes as version {event.version[:10]}: {_few(event)}")
            case "not_in_history":
                for path, reason in list(event.reasons.items())[:_SHOWN]:
                    output.line(f"! not in the history: {path} {reason}", "yellow")
            case "finished_earlier":
                output.line(f"Finished what was cut short before: {event.action}")
            case "preview_stopped":
                output.line(
                    f"! stopped {event.preview}: its project is not there any more; its data stays",
                    "yellow",
                )
            case "kept_on_disk":
                output.line(f"! you changed these meanwhile, they stay: {_few(event)}", "yellow")

    return on_event


def _few(event: KeptChanges | KeptOnDisk) -> str:
    shown = ", ".join(event.paths[:_SHOWN])
    more = event.count - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def ledger_of(output: Output) -> Ledger | None:
    """The table of jobs, opened once; where it cannot be had, the work is done all the same."""
    from local_engine.runtime.home import engine_home
    from local_engine.storage import TooNew

    if not output.ledgers:
        try:
            ledger = Ledger(engine_home())
        except (OSError, TooNew, sqlite3.Error) as failure:
            output.line(f"! not among the jobs: {failure}", "yellow")
            output.ledgers.append(None)
        else:
            output.at_end.callback(ledger.close)
            output.ledgers.append(ledger)
    return output.ledgers[0]


def _error(failure: JobFailed) -> CommandError:
    hint = failure.hint
    if failure.code == "data-would-go":
        hint = "if the data may go, repeat the command with --allow-drop"
    if failure.code == "newer-data":
        hint = "it is kept as a version of its own; repeat with --replace-data"
    if failure.code == "not-writable":
        hint = f"{program.command('doctor')} looks closer"
    code = _CODES.get(failure.code, ExitCode.FAILED)
    return CommandError(failure.detail, hint=hint, code=code)

"""Starting and naming previews for the commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import on_the_list

if TYPE_CHECKING:
    from local_engine.jobs.events import Event
    from local_engine.jobs.ledger import OwnJob
    from local_engine.jobs.run import Run
    from local_engine.runtime.guarding.forking import ForkServer
    from local_engine.runtime.preview import PreviewState

STAGES = {
    "database": "start PostgreSQL",
    "migrate": "migrate",
    "serve": "start the service",
    "snapshot": "keep the data",
    "rehearse": "try on a copy",
    "pause": "pause the preview",
    "resume": "start it again",
}


@contextmanager
def preview_errors() -> Iterator[None]:
    """A preview's failure as the end of a command."""
    from local_engine.runtime.postgres import PostgresError
    from local_engine.runtime.preview import PreviewError

    try:
        yield
    except (PreviewError, PostgresError) as failure:
        first, _, rest = str(failure).partition("\n")
        raise CommandError(first, hint=rest, code=ExitCode.ENVIRONMENT) from None


def stage_lines(output: Output) -> Callable[[Event], None]:
    """Prints each finished stage with its time."""

    def on_event(event: Event) -> None:
        if event.type == "stage_ended":
            output.done(STAGES.get(event.stage, event.stage), event.seconds)
        elif event.type == "rehearsed":
            for line in event.lines:
                output.line(f"On your data: {line}")
        elif event.type == "log":
            output.line(f"! {event.line}", "yellow")

    return on_event


@contextmanager
def starting(
    project: Path, output: Output, listener: Callable[[Event], None]
) -> Iterator[tuple[Run, OwnJob]]:
    """The block starts a preview, as a job; why it does not start ends the command."""
    from local_engine.cli.jobs import job
    from local_engine.jobs.kinds.preview import PreviewRequest, failure_of
    from local_engine.runtime.postgres import PostgresError
    from local_engine.runtime.preview import PreviewError

    with on_the_list(project, project.resolve().name[:100], output) as known:
        request = PreviewRequest(project=known or "", log_statements=False)
        with job(request, project, output, listener) as doing:
            try:
                yield doing
            except (PreviewError, PostgresError) as failure:
                raise failure_of(failure) from None


def start_in_background(
    project: Path, output: Output, *, forks: ForkServer | None = None
) -> PreviewState:
    """A preview that stays when the command has ended; one that runs already is left alone."""
    from local_engine.jobs.kinds.preview import result_of
    from local_engine.jobs.stages import telling_stages
    from local_engine.runtime.preview import start_detached

    tell_stage = stage_lines(output)

    def on_event(event: Event) -> None:
        if event.type != "log":  # what the service writes is in its log file
            tell_stage(event)

    with starting(project, output, on_event) as (run, own):
        state = start_detached(
            project, on_event=telling_stages(run), forks=forks.first if forks else None
        )
        own.finish(result_of(state))
    return state


def the_running(name: str) -> PreviewState:
    """The running preview of this name or folder; the only one if none is named."""
    from local_engine.runtime.preview import list_previews
    from local_engine.runtime.preview.naming import preview_name

    states = list_previews()
    if not name and len(states) == 1:
        return states[0]
    wanted = [state for state in states if state.name in {name, preview_name(Path(name))}]
    wanted = wanted or [state for state in states if Path(state.project).name == name]
    if len(wanted) == 1:
        return wanted[0]
    running = ", ".join(state.name for state in states) or "none"
    if not name:
        message = "several projects are running: name one" if states else "nothing is running"
    else:
        matching = f"{len(wanted)} running projects match" if wanted else "no running project is"
        message = f"{matching} {name!r}"
    raise CommandError(message, hint=f"running: {running}", code=ExitCode.USAGE)


def preview_facts(state: PreviewState) -> dict[str, Any]:
    """A preview as plain data."""
    return {
        "where": "process",
        "name": state.name,
        "project": state.project,
        "url": state.url,
        "docs": f"{state.url}/docs",
        "pid": state.pid,
        "log": state.log_path,
    }

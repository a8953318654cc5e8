"""Starting and naming previews for the commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output

if TYPE_CHECKING:
    from local_engine.runtime.events import Event
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
    from local_engine.runtime.events import LogLine, Rehearsed, StageFinished

    def on_event(event: Event) -> None:
        if isinstance(event, StageFinished):
            output.done(STAGES.get(event.stage, event.stage), event.seconds)
        elif isinstance(event, Rehearsed):
            for line in event.lines:
                output.line(f"On your data: {line}")
        elif isinstance(event, LogLine):
            output.line(f"! {event.line}", "yellow")

    return on_event


def start_in_background(project: Path, output: Output) -> PreviewState:
    """A preview that stays when the command has ended; one that runs already is left alone."""
    from local_engine.runtime.preview import start_detached

    with preview_errors():
        return start_detached(project, on_event=stage_lines(output))


def the_running(name: str) -> PreviewState:
    """The running preview of this name or folder; the only one if none is named."""
    from local_engine.runtime.preview import list_previews
    from local_engine.runtime.preview.state import preview_name

    states = list_previews()
    if not name and len(states) == 1:
        return states[0]
    wanted = [
        state
        for state in states
        if name in {state.name, Path(state.project).name} or state.name == preview_name(Path(name))
    ]
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
        "name": state.name,
        "project": state.project,
        "url": state.url,
        "docs": f"{state.url}/docs",
        "pid": state.pid,
        "log": state.log_path,
    }

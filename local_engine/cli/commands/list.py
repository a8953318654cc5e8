"""`list`: the previews that run."""

from __future__ import annotations

import time

from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.previews import preview_facts
from local_engine.cli.program import command


def list_running(output: Output) -> int:
    """A table of the running previews."""
    from local_engine.runtime.preview import list_previews

    states = list_previews()
    if states:
        now = time.time()
        rows = [
            (state.name, state.url or state.status, _age(now - state.started_at), state.project)
            for state in states
        ]
        output.table(["name", "address", ">for", "project"], rows)
    else:
        output.line(f"Nothing is running. Start one: {command('run', '--detach', 'FOLDER')}")
    output.finish({"running": [preview_facts(state) for state in states]})
    return ExitCode.OK


def _age(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"

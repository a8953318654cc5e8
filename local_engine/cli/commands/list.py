"""`list`: the previews and deployments that run."""

from __future__ import annotations

import time

from local_engine.cli.deployments import deployment_facts
from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.previews import preview_facts
from local_engine.cli.program import command


def list_running(output: Output) -> int:
    """A table of what runs."""
    from local_engine.runtime.docker.managing import running_deployments
    from local_engine.runtime.preview import list_previews

    states, deployed = list_previews(), running_deployments()
    if states or deployed:
        now = time.time()
        rows = [
            (state.name, state.url or state.status, _age(now - state.started_at), state.project)
            for state in states
        ]
        rows += [
            (one.name, f"{one.url} (Docker)", _age(now - one.since), one.folder) for one in deployed
        ]
        output.table(["name", "address", ">for", "project"], rows)
    else:
        output.line(f"Nothing is running. Start one: {command('run', '--detach', 'FOLDER')}")
    facts = [*map(preview_facts, states), *map(deployment_facts, deployed)]
    output.finish({"running": facts})
    return ExitCode.OK


def _age(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"

"""`stop`: ends previews and deployments, whoever started them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.deployments import deployment_errors, deployment_facts
from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.previews import preview_errors, preview_facts, the_running

if TYPE_CHECKING:
    from local_engine.runtime.docker.deployment import Deployment


def stop_projects(name: str, everything: bool, output: Output) -> int:
    """Stop one project, or all of them and the database server; data stays."""
    stopped = list(_stop_all() if everything else _stop_one(name))
    for facts in stopped:
        output.line(f"Stopped {facts['name']}; its data stays.")
    if not stopped:
        output.line("Nothing was running.")
    output.finish({"stopped": stopped})
    return ExitCode.OK


def _stop_all() -> Iterator[dict[str, Any]]:
    from local_engine.runtime.docker.managing import running_deployments
    from local_engine.runtime.preview import stop_all

    with preview_errors():
        yield from map(preview_facts, stop_all())
    for deployment in running_deployments():
        yield _stopped(deployment)


def _stop_one(name: str) -> Iterator[dict[str, Any]]:
    """The preview of this name; a deployment where there is no such preview."""
    from local_engine.runtime.docker.deployment import lies_in
    from local_engine.runtime.docker.managing import running_deployments
    from local_engine.runtime.identity import is_project
    from local_engine.runtime.preview import list_previews, stop_preview

    deployed = running_deployments()
    if name:
        folder = Path(name)
        named = not is_project(folder)  # else it is that project, or none
        deployed = [one for one in deployed if lies_in(one, folder) or (named and name == one.name)]
    is_preview = any(name in (state.name, Path(state.project).name) for state in list_previews())
    if len(deployed) == 1 and not is_preview and (name or not list_previews()):
        yield _stopped(deployed[0])
        return
    with preview_errors():
        yield preview_facts(stop_preview(the_running(name).name))


def _stopped(deployment: Deployment) -> dict[str, Any]:
    from local_engine.runtime.docker.managing import stop

    with deployment_errors():
        return deployment_facts(stop(deployment.project))

"""Deploying and naming deployments for the commands."""

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
    from local_engine.runtime.docker.deployment import Deployment

STAGES = {
    "engine": "find Docker",
    "image": "build the image",
    "database": "start PostgreSQL",
    "migrate": "migrate",
    "serve": "start the service",
    "snapshot": "keep the data",
    "rehearse": "try on a copy",
}


@contextmanager
def deployment_errors() -> Iterator[None]:
    """What cannot be done with a deployment, as the end of a command."""
    from local_engine.runtime.docker.errors import DeploymentError

    try:
        yield
    except DeploymentError as failure:
        raise CommandError(failure.what, hint=failure.advice, code=ExitCode.ENVIRONMENT) from None


def deploy_project(
    project: Path,
    output: Output,
    *,
    port: int | None = None,
    rebuild: bool = False,
    worked_on: bool = False,
) -> Deployment:
    """Deploy a project, as a job; why it cannot be done ends the command."""
    from local_engine.cli.jobs import job
    from local_engine.jobs.kinds.deploy import DeployRequest, deployed, result_of

    with on_the_list(project, project.resolve().name[:100], output) as known:
        request = DeployRequest(
            project=known or "", port=port, rebuild=rebuild, worked_on=worked_on
        )
        with job(request, project, output, _stage_lines(output)) as (run, own):
            deployment = deployed(run, request, project)
            own.finish(result_of(deployment))
    return deployment


def _stage_lines(output: Output) -> Callable[[Event], None]:
    """Prints each finished stage with its time; what builds and migrations say is in the job."""

    def on_event(event: Event) -> None:
        if event.type == "stage_ended":
            output.done(STAGES.get(event.stage, event.stage), event.seconds)
        elif event.type == "rehearsed":
            for line in event.lines:
                output.line(f"On your data: {line}")

    return on_event


def deployment_facts(deployment: Deployment) -> dict[str, Any]:
    """A deployment as plain data."""
    url = deployment.url
    return {
        "where": "docker",
        "name": deployment.name,
        "project": deployment.folder,
        "url": url,
        "docs": f"{url}/docs" if url else None,
        "pid": None,
        "log": None,
    }

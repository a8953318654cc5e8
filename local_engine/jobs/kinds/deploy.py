"""`deploy`: a project in containers of the user's Docker engine; they stay when the job is done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from local_engine.jobs.blueprints import read_blueprint
from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.run import JobFailed, Run
from local_engine.jobs.stages import telling_stages
from local_engine.jobs.verified import present_version

if TYPE_CHECKING:
    from local_engine.runtime.docker.deployment import Deployment


class DeployRequest(JobRequest):
    """Deploy this project; `port` is a wish, without it the one of last time or a free one."""

    kind: Literal["deploy"] = "deploy"
    project: str
    port: Annotated[int | None, Field(ge=1024, le=65535)] = None


class DeployResult(JobResult):
    """Where it answers."""

    kind: Literal["deploy"] = "deploy"
    name: str
    url: str
    docs: str
    version: str


def run(run: Run, request: DeployRequest, place: Place) -> DeployResult:
    """Build, start and migrate; called off, it leaves the engine as it was."""
    return result_of(deployed(run, request, place.project))


def deployed(run: Run, request: DeployRequest, folder: Path) -> Deployment:
    """Deploy the project in a folder. Raises `JobFailed`."""
    from local_engine.runtime.docker.deploying import Facts, Wish, deploy
    from local_engine.runtime.docker.errors import DeploymentError, EngineUnusable

    def facts() -> Facts:
        application = read_blueprint(folder).application
        version = present_version(folder)
        sends = bool(application.webhooks or application.emails)
        return Facts(version.id if version else "", egress=sends)

    try:
        return deploy(Wish(folder, facts, request.port), telling_stages(run))
    except DeploymentError as error:
        run.check()
        code = "no-docker" if isinstance(error, EngineUnusable) else "deploy-failed"
        raise JobFailed(code, error.what, hint=error.advice) from None


def result_of(deployment: Deployment) -> DeployResult:
    """A deployment that runs, as a job's result."""
    assert deployment.url is not None
    return DeployResult(
        name=deployment.name,
        url=deployment.url,
        docs=f"{deployment.url}/docs",
        version=deployment.version,
    )


KIND = Kind("deploy", DeployRequest, run, "isolated")

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
from local_engine.runtime.events import Event, LogLine, OnEvent, ignore

if TYPE_CHECKING:
    from local_engine.projects import Version
    from local_engine.projects.rehearsing import Foreseen
    from local_engine.runtime.docker.data.deployment_data import DeploymentData
    from local_engine.runtime.docker.deploying import Facts
    from local_engine.runtime.docker.deployment import Deployment


class DeployRequest(JobRequest):
    """Deploy this project; `port` is a wish, without it the one of last time or a free one.

    With `rebuild` every step of the project's image is done again. One that is `worked_on` runs the
    code in its folder, and anew whenever that was saved, until it is deployed without that.
    """

    kind: Literal["deploy"] = "deploy"
    project: str
    port: Annotated[int | None, Field(ge=1024, le=65535)] = None
    rebuild: bool = False
    worked_on: bool = False


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
    from local_engine.runtime.docker.deploying import Wish, deploy
    from local_engine.runtime.docker.errors import DeploymentError, EngineUnusable

    wish = Wish(
        folder,
        lambda: _facts(folder, present_version(folder)),
        request.port,
        rebuild=request.rebuild,
        worked_on=request.worked_on,
    )
    try:
        return deploy(wish, telling_stages(run))
    except DeploymentError as error:
        run.check()
        code = "no-docker" if isinstance(error, EngineUnusable) else "deploy-failed"
        raise JobFailed(code, error.what, hint=error.advice) from None


def deployment_data(on_event: OnEvent = ignore) -> DeploymentData:
    """The databases of deployments, for the project store; what rested is deployed again.

    The store holds the project by then, so no version is made of what was changed by hand.
    """
    from local_engine.projects import Project, ProjectError
    from local_engine.runtime.docker.data.deployment_data import DeploymentData
    from local_engine.runtime.docker.deploying import Wish, deploy

    def tell(event: Event) -> None:
        if not isinstance(event, LogLine):  # what a build says is of no interest here
            on_event(event)

    def deploy_again(folder: Path, worked_on: bool) -> None:
        facts = _facts(folder, Project(folder).head())
        deploy(Wish(folder, lambda: facts, worked_on=worked_on), tell)

    def shows(folder: Path, version: str) -> bool:
        project = Project(folder)
        try:
            return project.find(version).tree == project.head().tree
        except ProjectError:
            return False

    return DeploymentData(deploy_again, shows, on_event)


def rehearsed(folder: Path) -> Foreseen | None:
    """What the migrations that wait in a project's folder would do to its deployed data.

    They are tried on a copy; None where there is no data, or nothing to apply. Raises
    `DeploymentError`.
    """
    from local_engine.projects.rehearsing import foresee
    from local_engine.runtime.docker.errors import DeploymentError
    from local_engine.runtime.snapshots import SnapshotError

    try:
        return foresee(folder, deployment_data(), read_blueprint(folder))
    except SnapshotError as refusal:
        raise DeploymentError(str(refusal)) from None


def _facts(folder: Path, version: Version | None) -> Facts:
    from local_engine.runtime.docker.deploying import Facts

    application = read_blueprint(folder).application
    sends = bool(application.webhooks or application.emails)
    return Facts(version.id if version else "", egress=sends)


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

"""Projects in Docker: deploy, look at, start, stop, remove; what nobody needs any more."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.sse import EventSourceResponse
from pydantic import AwareDatetime

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.deployments import schemas, service
from local_engine.api.features.deployments.following import Following
from local_engine.api.features.jobs import service as jobs
from local_engine.api.features.jobs.schemas import JobFacts
from local_engine.api.features.projects.router import ProjectId
from local_engine.api.features.versions.router import Folder, IdleFolder
from local_engine.api.rehearsals import Rehearsal
from local_engine.api.streams import OneStream, follow_lines
from local_engine.jobs.kinds.deploy import DeployRequest

if TYPE_CHECKING:
    from local_engine.runtime.docker.watching.lines import Wanted

router = APIRouter(tags=["deployments"], responses=refusals(503))
_OF = "/projects/{project}/deployment"


@router.get("/docker", operation_id="getDocker")
def get_docker() -> schemas.DockerFacts:
    """Whether a Docker engine can be used on this machine, and what to do where not."""
    return service.docker()


@router.get("/deployments", operation_id="listDeployments", responses=refusals(409))
def list_deployments() -> schemas.DeploymentList:
    """All deployments, running or not, and what was removed and has left its data."""
    return schemas.DeploymentList(deployments=service.all_of_them())


@router.post(
    "/deployments/collection",
    status_code=201,
    operation_id="askToCollect",
    responses=refusals(409),
)
def ask_to_collect(engine: TheEngine) -> schemas.Collection:
    """What deleted projects have left and shared images that nobody uses, to be confirmed."""
    return engine.collecting.ask()


@router.delete("/deployments/collection", operation_id="collect", responses=refusals(409))
def collect(
    engine: TheEngine, confirmation: Annotated[str, Query(max_length=64)] = ""
) -> schemas.Collected:
    """Remove what was asked about; what is used by now stays."""
    return engine.collecting.carry_out(confirmation)


@router.get(_OF, responses=refusals(404, 409), operation_id="getDeployment")
def get_deployment(project: ProjectId, folder: Folder) -> schemas.DeploymentFacts:
    """Whether a project is deployed, and where it answers."""
    return service.of_project(project, folder)


@router.post(_OF, status_code=202, responses=refusals(404, 429), operation_id="deploy")
def deploy(
    engine: TheEngine, project: ProjectId, start: schemas.DeployStart | None = None
) -> JobFacts:
    """Start a job that deploys a project, or replaces of its deployment what has changed."""
    engine.projects.folder(project)
    wish = start or schemas.DeployStart()
    request = DeployRequest(project=project, **wish.model_dump())
    return JobFacts.of(jobs.start(engine.jobs, request))


@router.post(
    f"{_OF}/deletion",
    status_code=201,
    responses=refusals(404, 409),
    operation_id="askToDeleteData",
)
def ask_to_delete_data(
    engine: TheEngine, project: ProjectId, folder: IdleFolder
) -> schemas.DataDeletion:
    """What removing a deployment with its data would do, and the confirmation that it needs."""
    found = service.require(folder, removed=True)
    return schemas.DataDeletion(
        confirmation=engine.data_deletions.give(project), name=found.name, status=found.status
    )


@router.delete(_OF, status_code=204, responses=refusals(404, 409), operation_id="removeDeployment")
def remove_deployment(
    engine: TheEngine,
    project: ProjectId,
    folder: IdleFolder,
    data: Annotated[bool, Query(description="Its data as well, for good, if confirmed.")] = False,
    confirmation: Annotated[str, Query(max_length=64)] = "",
) -> None:
    """Remove a deployment; its data stays unless it is to go, also later."""
    service.require(folder, removed=data)
    if data:
        engine.data_deletions.take(project, confirmation)
    service.remove(folder, data=data)


@router.post(f"{_OF}/{{change}}", responses=refusals(404, 409), operation_id="changeDeployment")
def change_deployment(
    folder: IdleFolder, change: Annotated[Literal["start", "stop", "restart"], Path()]
) -> schemas.DeploymentFacts:
    """Start, stop or restart; containers and data stay."""
    return service.change(change, folder)


@router.get(f"{_OF}/usage", responses=refusals(404, 409), operation_id="getDeploymentUsage")
def get_usage(folder: Folder) -> schemas.UsageList:
    """What its parts use now: processor, memory, processes, restarts; takes a second."""
    return schemas.UsageList(parts=service.usage(folder))


@router.get(f"{_OF}/rehearsal", responses=refusals(404, 409), operation_id="rehearseDeployment")
def rehearse(folder: IdleFolder) -> Rehearsal | None:
    """Try the migrations of the next deploy on a copy of the deployed data."""
    return service.rehearse(folder)


def _wanted(
    level: Annotated[schemas.Level | None, Query(description="At least this one.")] = None,
    text: Annotated[str, Query(max_length=200, description="Only lines with this text.")] = "",
    part: Annotated[list[schemas.PartName] | None, Query(max_length=3)] = None,
) -> Wanted:
    from local_engine.runtime.docker.watching.lines import Wanted

    return Wanted(level, text, frozenset(part or ()))


Filter = Annotated[Any, Depends(_wanted)]
Since = Annotated[AwareDatetime | None, Query(description="Only lines from then on.")]


@router.get(f"{_OF}/logs", responses=refusals(404, 409), operation_id="getDeploymentLog")
def get_log(
    folder: Folder,
    wanted: Filter,
    since: Since = None,
    lines: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> schemas.DeploymentLog:
    """The last lines of all parts, in the order of time."""
    return schemas.DeploymentLog(lines=service.lines(folder, wanted, since, lines))


def _following(folder: Folder, wanted: Filter, since: Since = None) -> Iterator[Following]:
    lines = Following(folder, wanted, since)
    yield lines
    lines.end()


@router.get(
    f"{_OF}/logs/stream",
    response_class=EventSourceResponse,
    dependencies=[OneStream],
    responses=refusals(404, 409, 429),
    operation_id="followDeploymentLog",
)
async def follow_log(
    engine: TheEngine, lines: Annotated[Following, Depends(_following)]
) -> AsyncIterable[schemas.DeploymentLine]:
    """What the parts write from now on, or since a time, line by line."""
    async for line in follow_lines(lines.read, engine.closing):
        yield line

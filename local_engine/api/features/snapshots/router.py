"""The data of a project, kept in files: list, make, put back, delete."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.jobs.schemas import JobFacts
from local_engine.api.features.projects.router import ProjectId
from local_engine.api.features.snapshots import schemas, service
from local_engine.api.features.versions.router import Folder, IdleFolder, restore
from local_engine.api.features.versions.schemas import Going
from local_engine.projects.snapshots import Where

router = APIRouter(
    prefix="/projects/{project}/snapshots", tags=["snapshots"], responses=refusals(404, 409)
)

Of = Annotated[Where, Query(description="The preview's data, or the deployment's.")]
SnapshotId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="The snapshot's id.")]


@router.get("", operation_id="listSnapshots")
def list_snapshots(folder: Folder, of: Of = "preview") -> schemas.SnapshotList:
    """What is kept of the project's data, the newest first."""
    return schemas.SnapshotList(snapshots=service.all_of(folder, of))


@router.post("", status_code=201, operation_id="makeSnapshot")
def make_snapshot(folder: IdleFolder, of: Of = "preview") -> schemas.SnapshotFacts:
    """Keep the data as it is now with the newest version; a service that runs goes on."""
    return service.make(folder, of)


@router.post(
    "/{snapshot}/restore",
    status_code=202,
    responses=refusals(429, 503),
    operation_id="restoreSnapshot",
)
def restore_snapshot(
    engine: TheEngine, project: ProjectId, snapshot: SnapshotId, going: Going | None = None
) -> JobFacts:
    """Start a job that puts data back under the present code; newer data fails it."""
    of = going.of if going is not None else "preview"
    service.require(engine.projects.folder(project), snapshot, of)
    return restore(engine, project, "snapshot", going, snapshot)


@router.delete("/{snapshot}", status_code=204, operation_id="deleteSnapshot")
def delete_snapshot(folder: IdleFolder, snapshot: SnapshotId, of: Of = "preview") -> None:
    """Remove a snapshot for good; a version that needs it comes back without its data then."""
    service.delete(folder, snapshot, of)

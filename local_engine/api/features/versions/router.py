"""The history of a project: list, compare, undo, redo, go back; and conflicts that wait."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from local_engine.api.answers import refusals
from local_engine.api.engine import Engine, TheEngine
from local_engine.api.features.files.schemas import FileContent
from local_engine.api.features.jobs import service as jobs
from local_engine.api.features.jobs.schemas import JobFacts
from local_engine.api.features.projects.router import ProjectId
from local_engine.api.features.versions import schemas, service
from local_engine.api.problems import Problem
from local_engine.jobs.kinds.restore import Goal, RestoreRequest

router = APIRouter(prefix="/projects/{project}", tags=["versions"], responses=refusals(404, 409))

VersionId = Annotated[str, Path(pattern="^[0-9a-f]{40}$", description="The version's id.")]
FileName = Annotated[str, Query(min_length=1, max_length=4096, description="A file's path.")]
OtherVersion = Annotated[str | None, Query(pattern="^[0-9a-f]{40}$")]


def _folder(engine: TheEngine, project: ProjectId) -> FilePath:
    return engine.projects.folder(project)


def _idle_folder(engine: TheEngine, project: ProjectId) -> FilePath:
    """For what changes the project: its jobs must not be in the middle of something."""
    if engine.jobs.busy(project):
        raise Problem(409, "busy", "A job of this project runs. Cancel it, or wait.")
    return engine.projects.folder(project)


def restore(
    engine: Engine,
    project: str,
    to: Goal,
    going: schemas.Going | None,
    id_: str | None = None,
) -> JobFacts:
    """Start a job that brings an older state back."""
    how = going or schemas.Going()
    request = RestoreRequest(
        project=project, to=to, id=id_, replace_data=how.replace_data, of=how.of
    )
    return JobFacts.of(jobs.start(engine.jobs, request))


Folder = Annotated[FilePath, Depends(_folder)]
IdleFolder = Annotated[FilePath, Depends(_idle_folder)]


@router.get("/versions", operation_id="listVersions")
def list_versions(
    folder: Folder,
    start: OtherVersion = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> schemas.VersionPage:
    """Versions, the newest first."""
    return service.history(folder, limit, start)


@router.post("/versions/undo", status_code=202, responses=refusals(429, 503), operation_id="undo")
def undo(engine: TheEngine, project: ProjectId, going: schemas.Going | None = None) -> JobFacts:
    """Start a job that brings back what was before the last change, as a new version.

    The data comes back, too. Where newer data would go, the job fails with the code `newer-data`.
    """
    return restore(engine, project, "undo", going)


@router.post("/versions/redo", status_code=202, responses=refusals(429, 503), operation_id="redo")
def redo(engine: TheEngine, project: ProjectId, going: schemas.Going | None = None) -> JobFacts:
    """Start a job that brings back what was undone last, data included, as a new version."""
    return restore(engine, project, "redo", going)


@router.get("/versions/{version}/report", operation_id="getVersionReport")
def get_version_report(folder: Folder, version: VersionId) -> dict[str, Any]:
    """The report of a version's last whole verification, as JSON."""
    return service.report(folder, version)


@router.get("/versions/{version}/comparison", operation_id="compareVersions")
def compare_versions(
    folder: Folder, version: VersionId, old: OtherVersion = None
) -> schemas.VersionComparison:
    """What a version changed, or what differs from another one."""
    return service.compare(folder, old, version)


@router.get("/versions/{version}/files", operation_id="listFilesOfVersion")
def list_files_of_version(folder: Folder, version: VersionId) -> schemas.VersionFiles:
    """The paths of all files of a version, in order."""
    return schemas.VersionFiles(files=service.files(folder, version))


@router.get("/versions/{version}/files/content", operation_id="readFileOfVersion")
def read_file_of_version(folder: Folder, version: VersionId, path: FileName) -> FileContent:
    """A file as it was in a version."""
    return service.content(folder, version, path)


@router.get("/versions/{version}/files/difference", operation_id="getFileDifference")
def get_file_difference(
    folder: Folder, version: VersionId, path: FileName, old: OtherVersion = None
) -> schemas.FileDifference:
    """What a version changed in a file, or what differs from another one, as a unified diff."""
    return schemas.FileDifference(
        path=path, difference=service.difference(folder, old, version, path)
    )


@router.post(
    "/versions/{version}/restore",
    status_code=202,
    responses=refusals(429, 503),
    operation_id="restoreVersion",
)
def restore_version(
    engine: TheEngine, project: ProjectId, version: VersionId, going: schemas.Going | None = None
) -> JobFacts:
    """Start a job that makes the content of a version the newest, data included."""
    service.require_version(engine.projects.folder(project), version)
    return restore(engine, project, "version", going, version)


@router.patch("/versions/{version}", operation_id="nameVersion")
def name_version(
    folder: IdleFolder, version: VersionId, change: schemas.VersionChange
) -> schemas.VersionFacts:
    """Give a version a name, or take it away."""
    return service.name(folder, version, change.name)


@router.get("/conflicts", operation_id="listConflicts")
def list_conflicts(folder: Folder) -> schemas.ConflictList:
    """The files that a generation waits for, with both sides and a proposal."""
    return schemas.ConflictList(conflicts=service.conflicts(folder))


@router.post("/conflicts/decision", operation_id="decideConflict")
def decide_conflict(folder: IdleFolder, decision: schemas.Decision) -> schemas.Settled:
    """Decide on one file; the last decision makes the version."""
    return service.decide(folder, decision)


@router.delete("/conflicts", status_code=204, operation_id="abandonGeneration")
def abandon_generation(folder: IdleFolder) -> None:
    """Give a waiting generation up; the files are as they were."""
    service.abandon(folder)

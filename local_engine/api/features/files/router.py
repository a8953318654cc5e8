"""The files of a project: list, read, write."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.files import service
from local_engine.api.features.files.schemas import FileContent, FolderListing, NewContent
from local_engine.api.features.projects.router import ProjectId
from local_engine.api.problems import Problem

router = APIRouter(prefix="/projects/{project}/files", tags=["files"])

FilePath = Annotated[
    str, Query(min_length=1, max_length=4096, description="Inside of the project, with slashes.")
]


@router.get("", responses=refusals(404, 409), operation_id="listFiles")
def list_files(
    engine: TheEngine, project: ProjectId, path: Annotated[str, Query(max_length=4096)] = ""
) -> FolderListing:
    """What a folder of the project holds; without a path, the project itself."""
    return service.listing(engine.projects.folder(project), path)


@router.get("/content", responses=refusals(404, 409), operation_id="readFile")
def read_file(engine: TheEngine, project: ProjectId, path: FilePath) -> FileContent:
    """A file of the project."""
    try:
        return service.read(engine.projects.folder(project), path)
    except FileNotFoundError:
        raise Problem(404, "no-such-file", f"There is no {path} in this project.") from None


@router.put("/content", responses=refusals(404, 409, 412), operation_id="writeFile")
def write_file(
    engine: TheEngine, project: ProjectId, path: FilePath, new: NewContent
) -> FileContent:
    """Write a file of the project, unless it was changed since it was read.

    The project's history takes it up as the user's own change at the next step.
    """
    return service.write(engine.projects.folder(project), path, new.text, new.base)

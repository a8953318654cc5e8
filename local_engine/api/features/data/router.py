"""The rows of a running project: browse, filter, add, change, remove; all changes are kept.

The service is imported at the first request: it brings the database driver.
"""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import StringConstraints

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.data import schemas
from local_engine.api.features.projects.router import ProjectId

router = APIRouter(prefix="/projects/{project}/data", tags=["data"])

TableName = Annotated[str, Path(pattern="^[a-z_][a-z0-9_]{0,62}$", description="The table.")]
Filters = Annotated[
    list[Annotated[str, StringConstraints(max_length=500)]],
    Query(max_length=10, description="column:comparison:value"),
]


def _folder(engine: TheEngine, project: ProjectId) -> FilePath:
    return engine.projects.folder(project)


Folder = Annotated[FilePath, Depends(_folder)]


@router.get("", responses=refusals(404, 409, 503), operation_id="listTables")
def list_tables(folder: Folder) -> schemas.TableList:
    """The tables of a running project."""
    from local_engine.api.features.data import service

    return schemas.TableList(tables=service.tables(folder))


@router.get("/changes", responses=refusals(404), operation_id="listDataChanges")
def list_data_changes(
    engine: TheEngine, project: ProjectId, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> schemas.ChangeList:
    """What was changed by hand, the newest first."""
    engine.projects.get(project)
    return schemas.ChangeList(changes=engine.audit.read(project, limit))


@router.get("/tables/{table}", responses=refusals(404, 409, 503), operation_id="listRows")
def list_rows(
    folder: Folder,
    table: TableName,
    where: Filters = [],  # noqa: B006 - FastAPI copies it
    sort: Annotated[str | None, Query(max_length=64, description="A column; - turns it.")] = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=schemas.MAX_PAGE)] = 50,
) -> schemas.RowPage:
    """Rows of a table. Comparisons: eq, ne, lt, le, gt, ge, contains, null:yes, null:no."""
    from local_engine.api.features.data import service

    return service.rows(folder, table, where, sort, offset, limit)


@router.post(
    "/tables/{table}", status_code=201, responses=refusals(404, 409, 503), operation_id="addRow"
)
def add_row(
    engine: TheEngine, project: ProjectId, folder: Folder, table: TableName, new: schemas.NewRow
) -> schemas.Row:
    """Add a row, as the owner of the data: the database's rules hold, access rules do not."""
    from local_engine.api.features.data import service

    return schemas.Row(row=service.insert(folder, engine.audit, project, table, new.values))


@router.patch("/tables/{table}", responses=refusals(404, 409, 503), operation_id="changeRow")
def change_row(
    engine: TheEngine,
    project: ProjectId,
    folder: Folder,
    table: TableName,
    change: schemas.RowChange,
) -> schemas.Row:
    """Change a row, as the owner of the data."""
    from local_engine.api.features.data import service

    row = service.update(folder, engine.audit, project, table, change.key, change.values)
    return schemas.Row(row=row)


@router.post(
    "/tables/{table}/removal",
    status_code=204,
    responses=refusals(404, 409, 503),
    operation_id="removeRow",
)
def remove_row(
    engine: TheEngine, project: ProjectId, folder: Folder, table: TableName, row: schemas.RowKey
) -> None:
    """Remove a row, as the owner of the data."""
    from local_engine.api.features.data import service

    service.delete(folder, engine.audit, project, table, row.key)

"""`restore`: an older state comes back, data included; undo and redo are such."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.kinds.deploy import deployment_data
from local_engine.jobs.run import JobFailed, Run
from local_engine.jobs.stages import telling_stages
from local_engine.projects.snapshots import Where
from local_engine.runtime.disk_refusal import disk_refusal
from local_engine.runtime.events import OnEvent, ignore

if TYPE_CHECKING:
    from local_engine.projects import Data, NewerData, Project, Snapshots, Version
    from local_engine.projects.recoverable import GivenUp
    from local_engine.runtime.snapshots import Snapshot


Goal = Literal["undo", "redo", "version", "snapshot", "main", "trial"]
_ID_LENGTHS = {"version": 40, "snapshot": 16, "trial": 40}


class RestoreRequest(JobRequest):
    """Undo, redo, go back to a `version`, or put a `snapshot` of the data under the present code.

    `main` discards what is being tried and shows the main line again; `trial` has a discarded trial
    back, named by its newest version. `id` is that of the version or snapshot. The data is that
    `of` the preview or the deployment; what runs on it is started again with the code that came
    back. Older data replaces newer only with `replace_data`; the newer is kept as a version then.
    """

    kind: Literal["restore"] = "restore"
    project: str
    to: Goal
    id: Annotated[str | None, Field(pattern="^([0-9a-f]{40}|[0-9a-f]{16})$")] = None
    replace_data: bool = False
    of: Where = "preview"

    @model_validator(mode="after")
    def _one_goal(self) -> Self:
        length = _ID_LENGTHS.get(self.to, 0)
        if len(self.id or "") != length:
            raise ValueError(
                f"a {self.to} is named by an `id` of {length} characters"
                if length
                else f"`{self.to}` has no `id`"
            )
        return self


class RestoreResult(JobResult):
    """The version that the project has now; `restores` is the one that undo or redo brought back.

    `snapshot` is what a restored snapshot was.
    """

    kind: Literal["restore"] = "restore"
    version: str
    cause: str
    title: str
    restores: str | None
    can_redo: bool
    snapshot: str | None


def run(run: Run, request: RestoreRequest, place: Place) -> RestoreResult:
    """Bring it back."""
    return result_of(request, restored(run, request, place.project))


def restored(run: Run, request: RestoreRequest, folder: Path) -> Version:
    """Bring it back; gives the newest version. Raises `JobFailed`, and nothing was changed then."""
    from local_engine.projects import (
        Data,
        NewerData,
        NotAProject,
        NothingToUndo,
        Project,
        ProjectError,
    )
    from local_engine.runtime.snapshots import NotStartedError, SnapshotError

    on_event = telling_stages(run)
    data = Data(data_of(request.of, on_event), replace=request.replace_data)
    try:
        return _bring_back(Project(folder, on_event), request, data)
    except NewerData as newer:
        raise _asked(newer) from None
    except SnapshotError as error:
        first, _, rest = str(error).partition("\n")
        code = "deploy-failed" if isinstance(error, NotStartedError) else "data-refuses"
        raise JobFailed(code, first, hint=rest) from None
    except ProjectError as error:
        code = "project-refuses"
        if isinstance(error, NotAProject):
            code = "not-this-folder"
        elif isinstance(error, NothingToUndo):
            code = "nothing-to-undo"
        raise JobFailed(code, error.message, hint=error.hint) from None
    except OSError as error:
        detail = f"{error.filename or folder}: {error.strerror or error}"
        raise JobFailed("not-writable", detail, hint=disk_refusal(error) or "") from None


def data_of(where: Where, on_event: OnEvent = ignore) -> Snapshots:
    """One of the databases of projects, for the project store."""
    if where == "docker":
        return deployment_data(on_event)
    from local_engine.runtime.preview.data import PreviewData

    return PreviewData(on_event)


def result_of(request: RestoreRequest, version: Version) -> RestoreResult:
    """What came back, as a job's result."""
    record = version.record
    return RestoreResult(
        version=version.id,
        cause=record.cause.value,
        title=record.title,
        restores=record.restores,
        can_redo=bool(record.redo),
        snapshot=request.id if request.to == "snapshot" else None,
    )


def _bring_back(project: Project, request: RestoreRequest, data: Data) -> Version:
    match request.to:
        case "undo":
            return project.undo(data)
        case "redo":
            return project.redo(data)
        case "version":
            return project.go_back(project.find(request.id or ""), data)
        case "snapshot":
            project.restore_snapshot(_snapshot(project, request), data)
        case "main":
            project.discard(data)
        case "trial":
            project.have_back(_discarded(project, request.id), data)
    return project.head()


def _snapshot(project: Project, request: RestoreRequest) -> Snapshot:
    for snapshot in project.snapshots(request.of):
        if snapshot.id == request.id:
            return snapshot
    raise JobFailed("no-such-snapshot", "There is no snapshot with this id.")


def _discarded(project: Project, wanted: str | None) -> GivenUp:
    for trial in project.discarded():
        if trial.commit.decode() == wanted:
            return trial
    raise JobFailed("no-such-trial", "No trial that was discarded ended with this version.")


def _asked(newer: NewerData) -> JobFailed:
    """The question whether newer data may go; its problems are the rows, by table."""
    rows = tuple(
        {"detail": line, "table": table, "rows": number}
        for line, (table, number) in zip(newer.lines, newer.rows.items(), strict=True)
    )
    return JobFailed(
        "newer-data",
        f"Newer data would be replaced: {newer.words}.",
        hint="It is kept as a version of its own. If it may go, start again with `replace_data`.",
        problems=rows,
    )


KIND = Kind("restore", RestoreRequest, run, "isolated")

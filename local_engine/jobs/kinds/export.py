"""`export`: what others work with, made from a project, to be downloaded or in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from local_engine.jobs import formats
from local_engine.jobs.blueprints import read_blueprint
from local_engine.jobs.files import Exports
from local_engine.jobs.formats import Form, Made
from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.paths import AbsolutePath
from local_engine.jobs.run import JobFailed, Run

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Application

SHOWN_LEFT_OUT = 500


class ExportRequest(JobRequest):
    """Make one format of this project.

    `git` adds the history to a zip or folder. `target` is a file or folder on this machine that is
    not there yet; without it the export is kept for download.
    """

    kind: Literal["export"] = "export"
    project: str
    form: Form
    git: bool = False
    target: AbsolutePath | None = None


class ExportResult(JobResult):
    """What was made: `file` and `media_type` of the download, or where it was written.

    `left_out` says of each file that is not in a copy of the project why it is not.
    """

    kind: Literal["export"] = "export"
    form: Form
    file: str | None
    media_type: str | None
    path: str | None
    bytes: int
    files: int
    left_out: dict[str, str]


def run(run: Run, request: ExportRequest, place: Place) -> ExportResult:
    """Make it, and write it."""

    def read() -> Application:
        return read_blueprint(place.project).application

    read()
    target = Path(request.target) if request.target else None
    if target is not None:
        _require_free(target)
    made = made_for(run, request, place.project, read)
    with run.stage("write", "Write it"):
        try:
            return _written(request, place, made, target)
        except OSError as error:
            raise _not_writable(error, target or place.home) from None


def made_for(
    run: Run, request: ExportRequest, project: Path, read: Callable[[], Application]
) -> Made:
    """The files of an export. Raises `JobFailed`, and what `read` raises."""
    from local_engine.runtime.preview import PreviewError

    try:
        with run.stage("make", "Make the export"):
            return formats.make(request.form, project, read, git=request.git)
    except PreviewError as error:
        first, _, rest = str(error).partition("\n")
        raise JobFailed("project-fails", first, hint=rest) from None
    except OSError as error:
        raise _not_writable(error, project) from None


def result_of(request: ExportRequest, made: Made, size: int, file: str | None) -> ExportResult:
    """What was made, as a job's result; `file` is the name of the download, if it is one."""
    return ExportResult(
        form=request.form,
        file=file,
        media_type=formats.media_type(request.form) if file else None,
        path=request.target,
        bytes=size,
        files=len(made.files),
        left_out=dict(list(made.left_out.items())[:SHOWN_LEFT_OUT]),
    )


def _written(request: ExportRequest, place: Place, made: Made, target: Path | None) -> ExportResult:
    top = place.project.resolve().name
    if target is not None:
        return result_of(request, made, formats.write_files(made, target, top), None)
    name = formats.file_name(request.form, place.project)
    file = Exports(place.home).write(
        place.job, name, lambda target: made.write_one_file(target, top)
    )
    return result_of(request, made, file.stat().st_size, name)


def _not_writable(error: OSError, place: Path) -> JobFailed:
    return JobFailed("not-writable", f"{error.filename or place}: {error.strerror or error}")


def _require_free(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise JobFailed("target-exists", f"{target} exists already.", hint="Name another place.")
    if not target.parent.is_dir():
        raise JobFailed("no-such-folder", f"There is no folder {target.parent}.")


KIND = Kind("export", ExportRequest, run, "isolated")

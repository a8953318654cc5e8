"""`export`: what others work with, made from a project, to be downloaded or in a folder."""

from __future__ import annotations

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
    from local_engine.projects.errors import ProjectError
    from local_engine.runtime.preview import PreviewError

    target = Path(request.target) if request.target else None
    if target is not None:
        _require_free(target)

    def read() -> Application:
        return read_blueprint(place.project).application

    read()
    try:
        with run.stage("make", "Make the export"):
            made = formats.make(request.form, place.project, read, git=request.git)
        with run.stage("write", "Write it"):
            return _written(request, place, made, target)
    except PreviewError as error:
        first, _, rest = str(error).partition("\n")
        raise JobFailed("project-fails", first, hint=rest) from None
    except ProjectError as error:
        raise JobFailed("project-refuses", error.message, hint=error.hint) from None
    except OSError as error:
        where = error.filename or target or place.home
        raise JobFailed("not-writable", f"{where}: {error.strerror or error}") from None


def _written(request: ExportRequest, place: Place, made: Made, target: Path | None) -> ExportResult:
    name = formats.file_name(request.form, place.project)
    if target is not None:
        formats.write_files(made, target)
        size = sum(map(len, made.files.values()))
    else:
        content = made.as_one_file(place.project.resolve().name)
        Exports(place.home).write(place.job, name, content)
        size = len(content)
    return ExportResult(
        form=request.form,
        file=None if target else name,
        media_type=None if target else formats.media_type(request.form),
        path=str(target) if target else None,
        bytes=size,
        files=len(made.files),
        left_out=dict(list(made.left_out.items())[:SHOWN_LEFT_OUT]),
    )


def _require_free(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise JobFailed("target-exists", f"{target} exists already.", hint="Name another place.")
    if not target.parent.is_dir():
        raise JobFailed("no-such-folder", f"There is no folder {target.parent}.")


KIND = Kind("export", ExportRequest, run, "isolated")

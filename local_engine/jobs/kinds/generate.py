"""`generate`: the code for a project's Blueprint, merged with what the user wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from local_engine.jobs.blueprints import read_blueprint
from local_engine.jobs.events import PreviewStopped
from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.models import Making
from local_engine.jobs.run import JobFailed, Run
from local_engine.jobs.stages import telling_stages
from local_engine.runtime.disk_refusal import disk_refusal

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Document
    from local_engine.projects import Outcome


PROPOSED = "proposed"
"""The folder of a project in which nothing runs: for what a model wrote and nobody accepted yet."""

WrittenPath = Annotated[
    str, Field(pattern=r"^(app/extensions/[a-z0-9_]+|tests/test_[a-z0-9_]+_extension)\.py$")
]
"""The file of an extension point, or of its test."""


class GenerateRequest(JobRequest):
    """Generate this project, or make it where there is only its Blueprint.

    `allow_drop` lets a migration drop columns or tables with their data. `making` says how the
    Blueprint was made; `written` are functions that a model wrote for a new project. They are put
    where they run if a person has `accepted` them, and into `proposed/` otherwise.
    """

    kind: Literal["generate"] = "generate"
    project: str
    cause: Literal["prompt", "edit", "import"] = "edit"
    title: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    allow_drop: bool = False
    making: Making | None = None
    written: dict[WrittenPath, str] = Field(default_factory=dict)
    accepted: bool = False


class GenerateResult(JobResult):
    """What was written.

    `version` is the new one; null when nothing changed, or when `conflicts` wait for decisions and
    nothing was touched. `kept` are files that are not as generated, because the user changed them.
    """

    kind: Literal["generate"] = "generate"
    version: str | None
    written: list[str]
    removed: list[str]
    kept: list[str]
    conflicts: list[str]
    migration: str | None
    warnings: list[str]


def run(run: Run, request: GenerateRequest, place: Place) -> GenerateResult:
    """Generate into the project's folder."""
    return result_of(generate(run, request, place.project, read_blueprint(place.project)))


def generate(run: Run, request: GenerateRequest, folder: Path, document: Document) -> Outcome:
    """Generate this Blueprint into a folder. Raises `JobFailed`; nothing was changed then."""
    from local_engine.generator.emit.relational.migration import MigrationRefused
    from local_engine.projects import FolderTaken, NotAProject, ProjectError

    try:
        return _generate(run, request, folder, document)
    except MigrationRefused as refusal:
        raise JobFailed(
            "data-would-go", str(refusal), hint="If the data may go, allow it and start again."
        ) from None
    except ProjectError as error:
        taken = isinstance(error, FolderTaken | NotAProject)
        code = "not-this-folder" if taken else "project-refuses"
        raise JobFailed(code, error.message, hint=error.hint) from None
    except OSError as error:
        place = error.filename or folder
        detail = f"{place}: {error.strerror or error}"
        raise JobFailed("not-writable", detail, hint=disk_refusal(error) or "") from None


def result_of(outcome: Outcome) -> GenerateResult:
    """A generation as a job's result."""
    return GenerateResult(
        version=outcome.version.id if outcome.version else None,
        written=list(outcome.written),
        removed=list(outcome.removed),
        kept=list(outcome.kept),
        conflicts=[conflict.path for conflict in outcome.pending.open] if outcome.pending else [],
        migration=outcome.migration,
        warnings=list(outcome.warnings),
    )


def _generate(run: Run, request: GenerateRequest, folder: Path, document: Document) -> Outcome:
    from local_engine.projects import Cause, Outcome, Project

    on_event = telling_stages(run)
    cause = Cause(request.cause)
    project = Project(folder, on_event)
    making = request.making.model_dump() if request.making else None
    if project.is_there:
        return project.generate(document, cause=cause, allow_drop=request.allow_drop, making=making)
    _stop_what_runs_for_another(run, folder)
    title = request.title or "Generated from the Blueprint"
    Project.create(
        folder,
        document,
        cause=cause,
        title=title,
        identity=request.project or None,
        making=making,
        written={
            path if request.accepted else f"{PROPOSED}/{path}": text.encode()
            for path, text in request.written.items()
        },
        on_event=on_event,
    )
    version = project.head()
    return Outcome(version, None, written=project.files(version))


def _stop_what_runs_for_another(run: Run, folder: Path) -> None:
    """Stop the previews of a project that was here before; a service would look like the new one's.

    Raises `JobFailed` where one does not end.
    """
    from local_engine.runtime.preview import PreviewError, stop_previews_in

    try:
        for state in stop_previews_in(folder):
            run.tell(PreviewStopped(preview=state.name))
    except PreviewError as error:
        raise JobFailed("does-not-end", str(error)) from None


KIND = Kind("generate", GenerateRequest, run, "isolated")

"""`generate`: the code for a project's Blueprint; what the user wrote stays."""

from __future__ import annotations

from typing import Literal

from local_engine.jobs.blueprints import read_blueprint
from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.run import JobFailed, Run


class GenerateRequest(JobRequest):
    """Generate this project; `allow_drop` lets a migration drop columns or tables with data."""

    kind: Literal["generate"] = "generate"
    project: str
    allow_drop: bool = False


class GenerateResult(JobResult):
    """What was written. `kept` are files that the user changed and that were left alone."""

    kind: Literal["generate"] = "generate"
    written: list[str]
    removed: list[str]
    kept: list[str]
    migration: str | None
    warnings: list[str]


def run(run: Run, request: GenerateRequest, place: Place) -> GenerateResult:
    """Generate into the project's folder."""
    from local_engine.generator.emit.relational.migration import MigrationRefused
    from local_engine.projects import ProjectFolder, generate

    document = read_blueprint(place.project)
    try:
        with run.stage("generate", "Write the code"):
            result = generate(document, ProjectFolder(place.project), allow_drop=request.allow_drop)
    except MigrationRefused as refusal:
        raise JobFailed(
            "data-would-go", str(refusal), hint="If the data may go, allow it and start again."
        ) from None
    except OSError as error:
        raise JobFailed("not-writable", f"{place.project}: {error.strerror or error}") from None
    return GenerateResult(
        written=list(result.files.written),
        removed=list(result.files.removed),
        kept=list(result.files.kept),
        migration=result.migration,
        warnings=list(result.warnings),
    )


KIND = Kind("generate", GenerateRequest, run, "isolated")

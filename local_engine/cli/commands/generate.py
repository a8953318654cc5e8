"""`generate`: the code for a Blueprint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.blueprints import FILE, blueprint_file, load_blueprint
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import (
    on_the_list,
    open_project,
    outcome_facts,
    preview_data,
    show_outcome,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_engine.generator.blueprint import Document
    from local_engine.jobs.models import Making
    from local_engine.projects import Cause, Outcome
TITLE = 200


def generate_project(
    blueprint: Path, output_folder: Path | None, allow_drop: bool, output: Output
) -> int:
    """Write into the Blueprint's own folder when that is a project, else into a new one."""
    document = load_blueprint(blueprint, output)
    folder = output_folder or home_of(blueprint, document.application.slug)
    with output.step("generate") as note:
        outcome = write_project(document, folder, output, allow_drop=allow_drop)
        note.text = f"{len(outcome.written)} files written to {folder}"
    code = show_outcome(outcome, folder, output)
    facts = {"rehearsal": _tried(folder, document, output) if outcome.migration else None}
    output.finish({"project": str(folder), **outcome_facts(outcome), **facts})
    return code


def _tried(folder: Path, document: Document, output: Output) -> dict[str, Any] | None:
    """What the new migration will do to the project's data, if there is any: told, and as facts."""
    from local_engine.projects.rehearsing import foresee
    from local_engine.runtime.snapshots import SnapshotError

    try:
        foreseen = foresee(folder, preview_data(output), document)
    except (SnapshotError, OSError) as failure:
        output.line(f"! not tried on your data: {failure}", "yellow")
        return None
    for line in foreseen.lines if foreseen is not None else ():
        output.line(f"On a copy of your data: {line}")
    return None if foreseen is None else foreseen.facts()


def home_of(blueprint: Path, slug: str) -> Path:
    """The project's folder: where the Blueprint lies, if code was generated there before."""
    from local_engine.projects import Project

    own = blueprint_file(blueprint).parent
    if blueprint.is_dir() or Project(own).is_there:
        return own
    return Path(slug)


def write_project(
    document: Document,
    folder: Path,
    output: Output,
    *,
    allow_drop: bool = False,
    cause: Cause | None = None,
    title: str | None = None,
    making: Making | None = None,
    written: Mapping[str, str] | None = None,
    accepted: bool = False,
) -> Outcome:
    """Generate into a folder; what must not happen ends the command before a file is touched.

    `making` says how the Blueprint was made, `written` are functions that a model wrote for a new
    project, `accepted` says that they may run.
    """
    from local_engine.cli.jobs import job
    from local_engine.jobs.kinds import generate

    there = open_project(folder, output).is_there
    if not there:
        _require_room(folder)
    with on_the_list(folder, document.application.name, output, new=not there) as project:
        request = generate.GenerateRequest.model_validate(
            {
                "project": project or "",
                "cause": cause or "edit",
                "title": title and title[:TITLE],
                "allow_drop": allow_drop,
                "making": making,
                "written": written or {},
                "accepted": accepted,
            }
        )
        with job(request, folder, output) as (run, own):
            outcome = generate.generate(run, request, folder, document)
            own.finish(generate.result_of(outcome))
    return outcome


def _require_room(folder: Path) -> None:
    from local_engine.projects import may_begin

    only_a_blueprint = folder.is_dir() and [item.name for item in folder.iterdir()] == [FILE]
    if not (may_begin(folder) or only_a_blueprint):
        raise CommandError(
            f"{folder} is not empty and was not generated from a Blueprint",
            hint="name another folder with --output",
            code=ExitCode.USAGE,
        )

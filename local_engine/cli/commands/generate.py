"""`generate`: the code for a Blueprint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.blueprints import blueprint_file, load_blueprint
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Document
    from local_engine.projects import Generation


def generate_project(
    blueprint: Path, output_folder: Path | None, allow_drop: bool, output: Output
) -> int:
    """Write into the Blueprint's own folder when that is a project, else into a new one."""
    document = load_blueprint(blueprint, output)
    folder = output_folder or home_of(blueprint, document.application.slug)
    with output.step("generate") as note:
        result = write_project(document, folder, allow_drop=allow_drop)
        note.text = f"{len(result.files.written)} files written to {folder}"
    show_generation(result, output)
    output.finish(
        {
            "project": str(folder),
            "written": list(result.files.written),
            "removed": list(result.files.removed),
            "kept": list(result.files.kept),
            "migration": result.migration,
        }
    )
    return ExitCode.OK


def home_of(blueprint: Path, slug: str) -> Path:
    """The project's folder: where the Blueprint lies, if code was generated there before."""
    from local_engine.projects import ProjectFolder

    own = blueprint_file(blueprint).parent
    if ProjectFolder(own).base_blueprint() is not None or blueprint.is_dir():
        return own
    return Path(slug)


def write_project(document: Document, folder: Path, *, allow_drop: bool = False) -> Generation:
    """Generate into a folder; what must not happen ends the command before a file is touched."""
    from local_engine.generator.emit.relational.migration import MigrationRefused
    from local_engine.projects import ProjectFolder, generate

    project = ProjectFolder(folder)
    only_a_blueprint = project.is_project and len(list(project.path.iterdir())) == 1
    if not (project.is_free or only_a_blueprint or project.base_blueprint() is not None):
        raise CommandError(
            f"{folder} is not empty and was not generated from a Blueprint",
            hint="name another folder with --output",
            code=ExitCode.USAGE,
        )
    try:
        return generate(document, project, allow_drop=allow_drop)
    except MigrationRefused as refusal:
        raise CommandError(
            str(refusal), hint="if the data may go, repeat the command with --allow-drop"
        ) from None
    except OSError as failure:
        raise CommandError(
            f"{folder} cannot be written: {failure.strerror}", code=ExitCode.ENVIRONMENT
        ) from None


def show_generation(result: Generation, output: Output) -> None:
    """What a person should know: the migration, its warnings, their own files."""
    if result.migration:
        output.line(f"New migration: {result.migration}.up.sql")
    for warning in result.warnings:
        output.line(f"! {warning}", "yellow")
    for name in result.files.kept:
        output.line(f"! kept your version of {name}", "yellow")

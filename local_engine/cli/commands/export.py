"""`export`: what others work with, made from a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.blueprints import blueprint_file, load_blueprint
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import on_the_list
from local_engine.jobs import formats

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Application
    from local_engine.jobs.formats import Made


def export_project(project: Path, form: str, target: Path, git: bool, output: Output) -> int:
    """Write one format to `target`, which must not exist yet."""
    if form not in formats.FORMS:
        raise CommandError(
            f"{form!r} is no format", hint=f"say one of {', '.join(formats.FORMS)}",
            code=ExitCode.USAGE,
        )  # fmt: skip
    if target.exists():
        raise CommandError(
            f"{target} exists already", hint="name another place, or move that away",
            code=ExitCode.USAGE,
        )  # fmt: skip
    made, size = _made(project, form, target, git, output)
    for name, reason in made.left_out.items():
        output.line(f"! left out: {name} {reason}", "yellow")
    if form in ("zip", "folder"):
        output.facts["left_out"] = dict(made.left_out)
    count = len(made.files)
    output.line(f"Wrote {target} ({form}, {f'{count} files' if count > 1 else f'{size} bytes'})")
    output.finish({"format": form, "path": str(target.resolve()), "files": sorted(made.files)})
    return ExitCode.OK


def _made(project: Path, form: str, target: Path, git: bool, output: Output) -> tuple[Made, int]:
    from local_engine.cli.jobs import job
    from local_engine.jobs.kinds import export

    folder = blueprint_file(project).parent if form != "schema" else project

    def read() -> Application:
        return load_blueprint(project, output).application

    with on_the_list(folder, folder.resolve().name[:100], output) as known:
        request = export.ExportRequest.model_validate(
            {"project": known or "", "form": form, "git": git, "target": str(target.absolute())}
        )
        with job(request, folder, output) as (run, own):
            made = export.made_for(run, request, folder, read)
            size = formats.write_files(made, target, folder.resolve().name)
            own.finish(export.result_of(request, made, size, None))
    return made, size

"""`export`: what others work with, made from a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.blueprints import blueprint_file, load_blueprint
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.previews import preview_errors
from local_engine.jobs import formats

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Application


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
    if form in ("zip", "folder"):
        blueprint_file(project)

    def read() -> Application:
        return load_blueprint(project, output).application

    with preview_errors():
        made = formats.make(form, project, read, git=git)
    for name, reason in made.left_out.items():
        output.line(f"! left out: {name} {reason}", "yellow")
    if form in ("zip", "folder"):
        output.facts["left_out"] = dict(made.left_out)
    formats.write_files(made, target)
    count, size = len(made.files), sum(map(len, made.files.values()))
    output.line(f"Wrote {target} ({form}, {f'{count} files' if count > 1 else f'{size} bytes'})")
    output.finish({"format": form, "path": str(target.resolve()), "files": sorted(made.files)})
    return ExitCode.OK

"""`diff`: what differs between two Blueprints, in words and as a migration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.blueprints import load_blueprint
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import project_errors

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Document


def show_differences(old: Path, new: Path | None, output: Output) -> int:
    """Without `new`: from the code in the project `old` to what its Blueprint says now."""
    from local_engine.generator.blueprint import differences
    from local_engine.generator.emit.relational.migration import MigrationRefused
    from local_engine.projects import change

    before, after = _both(old, new, output)
    changes = [str(one) for one in differences(before.blueprint, after.blueprint)]
    for text in changes or ["No differences."]:
        output.line(text)
    try:
        migration = change(before, after, allow_drop=True)
    except MigrationRefused as refusal:
        raise CommandError(str(refusal)) from None
    if migration.up.strip():
        output.line("\n-- the migration")
        output.line(migration.up)
    for loss in migration.destructive:
        output.line(f"! {loss}", "yellow")
    output.finish(
        {
            "changes": changes,
            "migration": {"up": migration.up, "down": migration.down},
            "warnings": list(migration.warnings),
            "destructive": list(migration.destructive),
        }
    )
    return ExitCode.OK


def _both(old: Path, new: Path | None, output: Output) -> tuple[Document, Document]:
    from local_engine.projects import Project

    if new is not None:
        return load_blueprint(old, output), load_blueprint(new, output)
    project = Project(old)
    with project_errors():
        base = project.blueprint_of_code() if project.exists else None
    if base is None:
        raise CommandError(
            f"no code was generated in {old} yet, so there is nothing to compare with",
            hint="name two Blueprints: diff OLD NEW",
            code=ExitCode.USAGE,
        )
    return base, load_blueprint(old, output)

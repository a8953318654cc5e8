"""`edit`: changes a project's Blueprint by typed edits, after showing what that means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.blueprints import blueprint_file, load_blueprint
from local_engine.cli.changing import Consent, change_project, code_base, edited, refusal_of
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output

if TYPE_CHECKING:
    from local_engine.generator.blueprint.editing import BaseEdit


def edit_project(
    project: Path, operation: str | None, file: Path | None, consent: Consent, output: Output
) -> int:
    """Apply the edits of one JSON text, all or nothing."""
    edits = _edits(operation, file, output)
    document = load_blueprint(project, output)
    folder = blueprint_file(project).parent
    base = code_base(folder, output)
    after = edited(document, edits, base, output)
    return change_project(folder, after, base or document, consent, output)


def _edits(operation: str | None, file: Path | None, output: Output) -> list[BaseEdit]:
    from local_engine.generator.blueprint.editing import EditsRefused, read_edits

    if (operation is None) == (file is None):
        raise CommandError(
            "say what to change, once",
            hint='--operation \'{"edit": "add_field", …}\' or --file edits.json; '
            "docs/editing.md lists the edits",
            code=ExitCode.USAGE,
        )
    try:
        return read_edits(operation if operation is not None else _text(file))
    except EditsRefused as refused:
        raise refusal_of(refused, output) from None


def _text(file: Path | None) -> str:
    assert file is not None, "one of the two was given"
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise CommandError(f"{file} is not UTF-8", code=ExitCode.USAGE) from None
    except OSError as failure:
        raise CommandError(
            f"{file} cannot be read: {failure.strerror}", code=ExitCode.USAGE
        ) from None

"""`import`: a database, a DDL, an API or a project becomes a Blueprint, with an account of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.blueprints import show_problems
from local_engine.cli.commands.generate import write_project
from local_engine.cli.commands.plan import save
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.jobs import sources

if TYPE_CHECKING:
    from local_engine.generator.importing import Import

KINDS = ("sql", "openapi", "postgres", "folder")
_ENDINGS = {
    ".sql": "sql",
    ".ddl": "sql",
    ".json": "openapi",
    ".yaml": "openapi",
    ".yml": "openapi",
    ".zip": "folder",
}


@dataclass(frozen=True)
class ImportRequest:
    """What to import and where to put it; `project` makes a whole project there."""

    source: str
    kind: str | None
    dialect: str
    name: str | None
    output: Path | None
    project: bool
    password_stdin: bool


def import_source(request: ImportRequest, output: Output) -> int:
    """Print the Blueprint, write it, or make a project of it; always with the account."""
    from local_engine.generator.importing import ImportRefused
    from local_engine.projects.sources.errors import SourceError

    kind = request.kind or guess(request.source)
    readers: dict[str, Callable[[ImportRequest, Output], Import]] = {
        "sql": _sql,
        "openapi": _openapi,
        "postgres": _postgres,
        "folder": _folder,
    }
    if kind not in readers:
        raise CommandError(
            f"{kind!r} is no kind of source", hint=f"say one of {', '.join(KINDS)}",
            code=ExitCode.USAGE,
        )  # fmt: skip
    try:
        imported = readers[kind](request, output)
    except (ImportRefused, SourceError) as refusal:
        raise CommandError(refusal.message, hint=refusal.hint) from None
    _deliver(request, imported, output)
    show_account(imported, output)
    output.finish(import_facts(imported))
    return ExitCode.OK


def guess(source: str) -> str:
    """What a source is, by its form."""
    if source.startswith(("postgresql://", "postgres://")):
        return "postgres"
    path = Path(source)
    if path.is_dir():
        return "folder"
    kind = _ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise CommandError(
            f"it cannot be told from {source!r} what is imported",
            hint=f"say it with --from: {', '.join(KINDS)}",
            code=ExitCode.USAGE,
        )
    return kind


def _file(source: str) -> Path:
    path = Path(source)
    if not path.is_file():
        raise CommandError(f"there is no file {source}", code=ExitCode.USAGE)
    return path


def _sql(request: ImportRequest, _: Output) -> Import:
    name = request.name or Path(request.source).stem
    return sources.from_sql(_file(request.source), dialect=request.dialect, name=name)


def _openapi(request: ImportRequest, _: Output) -> Import:
    return sources.from_openapi(_file(request.source), name=request.name)


def _postgres(request: ImportRequest, _: Output) -> Import:
    from local_engine.projects.sources.postgres import has_password

    if has_password(request.source):
        raise CommandError(
            "an address on the command line must not hold a password: others can see it",
            hint="leave it out and set PGPASSWORD, or use --password-stdin",
            code=ExitCode.USAGE,
        )
    return sources.from_database(request.source, _password(request), name=request.name)


def _password(request: ImportRequest) -> str | None:
    """From standard input, the environment (libpq reads it), or a prompt on a terminal."""
    if request.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    if "PGPASSWORD" in os.environ or "PGPASSFILE" in os.environ or not sys.stdin.isatty():
        return None
    from getpass import getpass

    return getpass("Password (empty: none): ") or None


def _folder(request: ImportRequest, output: Output) -> Import:
    from local_engine.generator.blueprint import BlueprintErrors

    path = Path(request.source)
    try:
        return sources.from_project(path)
    except BlueprintErrors as errors:
        show_problems(errors.problems, path, output)
        raise CommandError(f"the Blueprint in {path} has problems") from None


def _deliver(request: ImportRequest, imported: Import, output: Output) -> None:
    from local_engine.generator.blueprint import load
    from local_engine.projects import Cause, may_begin

    if request.project:
        document = load(imported.text)
        folder = request.output or Path(document.application.slug)
        if not may_begin(folder):
            raise CommandError(
                f"{folder} is not empty", hint="name another folder with --output",
                code=ExitCode.USAGE,
            )  # fmt: skip
        title = f"Imported from {Path(request.source).name}"
        made = write_project(document, folder, output, cause=Cause.IMPORT, title=title)
        output.line(f"Wrote a project of {len(made.written)} files to {folder}")
        output.facts["project"] = str(folder.resolve())
    elif request.output is not None:
        save(imported.text, request.output)
        output.line(f"Wrote {request.output}")
    elif not output.as_json:
        print(imported.text, end="")


def show_account(imported: Import, output: Output) -> None:
    """What was assumed, left out and is open, line by line; what was taken, in a number."""
    from local_engine.generator.importing import Outcome

    output.line()
    for outcome, mark in (
        (Outcome.ASSUMED, "~"),
        (Outcome.LEFT_OUT, "!"),
        (Outcome.QUESTION, "?"),
    ):
        for note in imported.with_outcome(outcome):
            output.line(f"{mark} {outcome.value}: {note.source}: {note.text}")
    counts = ", ".join(f"{count} {outcome}" for outcome, count in imported.counts.items() if count)
    output.line(f"{len(imported.blueprint.entities)} entities: {counts}")


def import_facts(imported: Import) -> dict[str, Any]:
    """The import as plain data."""
    return {
        "blueprint": imported.text,
        "account": [
            {
                "outcome": note.outcome.value,
                "source": note.source,
                "path": note.path,
                "text": note.text,
            }
            for note in imported.notes
        ],
    }

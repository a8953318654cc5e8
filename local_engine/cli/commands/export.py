"""`export`: what others work with, made from a project."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.blueprints import blueprint_file, load_blueprint
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.previews import preview_errors

if TYPE_CHECKING:
    from local_engine.generator.exporting import ApiDocument
    from local_engine.projects.sharing import SharedFiles

Files = Mapping[str, bytes]
ONE_FILE = ("openapi", "postman", "mermaid", "svg", "schema", "zip")
"""Formats that are a single file; the others are folders."""
FORMATS = (*ONE_FILE, "typescript", "bruno", "folder")


def export_project(project: Path, form: str, target: Path, git: bool, output: Output) -> int:
    """Write one format to `target`, which must not exist yet."""
    makers: dict[str, Callable[[], Files]] = {
        "openapi": lambda: {"": _json(_openapi(project))},
        "typescript": lambda: _from_document(project, "typescript"),
        "postman": lambda: _from_document(project, "postman"),
        "bruno": lambda: _from_document(project, "bruno"),
        "mermaid": lambda: _diagram(project, "mermaid", output),
        "svg": lambda: _diagram(project, "svg", output),
        "schema": _schema,
        "zip": lambda: _copy(project, git, output, packed=True),
        "folder": lambda: _copy(project, git, output, packed=False),
    }
    if form not in makers:
        raise CommandError(
            f"{form!r} is no format", hint=f"say one of {', '.join(FORMATS)}", code=ExitCode.USAGE
        )
    if target.exists():
        raise CommandError(
            f"{target} exists already", hint="name another place, or move that away",
            code=ExitCode.USAGE,
        )  # fmt: skip
    files = makers[form]()
    _write(files, target)
    what = f"{len(files)} files" if len(files) > 1 else f"{sum(map(len, files.values()))} bytes"
    output.line(f"Wrote {target} ({form}, {what})")
    output.finish({"format": form, "path": str(target.resolve()), "files": sorted(files)})
    return ExitCode.OK


def _write(files: Files, target: Path) -> None:
    from local_engine.projects.atomic_file import write_atomically

    for name, content in files.items():
        file = target / name if name else target
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, content)


def _openapi(project: Path) -> dict[str, Any]:
    from local_engine.runtime.openapi import project_openapi

    with preview_errors():
        return project_openapi(project)


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _from_document(project: Path, form: str) -> Files:
    from local_engine.generator import exporting

    document: ApiDocument = exporting.ApiDocument.of(_openapi(project))
    match form:
        case "typescript":
            return exporting.typescript_client(document)
        case "bruno":
            return exporting.bruno_collection(document)
        case _:
            return {"": exporting.postman_collection(document)}


def _diagram(project: Path, form: str, output: Output) -> Files:
    from local_engine.generator import exporting

    application = load_blueprint(project, output).application
    draw = exporting.mermaid if form == "mermaid" else exporting.svg
    return {"": draw(application).encode()}


def _schema() -> Files:
    from local_engine.generator.blueprint import blueprint_json_schema

    return {"": _json(blueprint_json_schema())}


def _copy(project: Path, git: bool, output: Output, *, packed: bool) -> Files:
    from local_engine.generator.exporting import zip_bytes
    from local_engine.projects.sharing import shared_files

    blueprint_file(project)
    shared: SharedFiles = shared_files(project, with_git=git)
    for name, reason in shared.left_out.items():
        output.line(f"! left out: {name} {reason}", "yellow")
    output.facts["left_out"] = shared.left_out
    if not packed:
        return shared.files
    top = project.resolve().name
    return {"": zip_bytes({f"{top}/{name}": content for name, content in shared.files.items()})}

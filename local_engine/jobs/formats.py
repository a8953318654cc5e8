"""The formats of an export: what each is made of, and what its file is called.

A format is one file or several; several are packed into a zip where one file is wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, get_args

from local_engine.jobs.archive import Content, copy_into, write_zip

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Application

Form = Literal[
    "openapi",
    "typescript",
    "postman",
    "bruno",
    "mermaid",
    "svg",
    "schema",
    "compose",
    "swarm",
    "kubernetes",
    "zip",
    "folder",
]
FORMS: tuple[str, ...] = get_args(Form)
ZIP = "application/zip"
_ENDINGS = {
    "openapi": (".openapi.json", "application/json"),
    "postman": (".postman_collection.json", "application/json"),
    "mermaid": (".mmd", "text/vnd.mermaid"),
    "svg": (".svg", "image/svg+xml"),
    "schema": (".schema.json", "application/schema+json"),
    "zip": (".zip", ZIP),
    "typescript": ("-client.zip", ZIP),
    "bruno": ("-bruno.zip", ZIP),
    "compose": ("-compose.zip", ZIP),
    "swarm": ("-swarm.zip", ZIP),
    "kubernetes": ("-kubernetes.zip", ZIP),
    "folder": (".zip", ZIP),
}
MEDIA_TYPES = tuple(sorted({media_type for _, media_type in _ENDINGS.values()}))


@dataclass(frozen=True)
class Made:
    """The files of an export by path, a single one under ""; and what was left out, and why.

    `packed` says that they are to be one file wherever they are written. A copy of a project may be
    large: its files stay on disk, and are copied from there.
    """

    files: Mapping[str, Content]
    left_out: Mapping[str, str] = field(default_factory=dict)
    packed: bool = False

    def write_one_file(self, file: IO[bytes], top: str) -> None:
        """Write the single file, or a zip with all of them in a folder of this name."""
        if "" in self.files:
            copy_into(file, self.files[""])
        else:
            write_zip(file, {f"{top}/{name}": content for name, content in self.files.items()})


def make(form: str, project: Path, read: Callable[[], Application], *, git: bool = False) -> Made:
    """Make one format of a project; `read` gives its Blueprint, where that is needed.

    `git` adds the history to copies of the project. Raises `PreviewError`, `OSError`, `KeyError`
    for no format, and what `read` raises.
    """
    makers: dict[str, Callable[[], Made]] = {
        "openapi": lambda: Made({"": _json(_openapi(project))}),
        "typescript": lambda: _from_document(project, "typescript"),
        "postman": lambda: _from_document(project, "postman"),
        "bruno": lambda: _from_document(project, "bruno"),
        "mermaid": lambda: _diagram(read(), "mermaid"),
        "svg": lambda: _diagram(read(), "svg"),
        "schema": _schema,
        "compose": lambda: _for_operators(read(), "compose"),
        "swarm": lambda: _for_operators(read(), "swarm"),
        "kubernetes": lambda: _for_operators(read(), "kubernetes"),
        "zip": lambda: _copy(project, git, packed=True),
        "folder": lambda: _copy(project, git),
    }
    return makers[form]()


def file_name(form: str, project: Path) -> str:
    """What the file of a format is called, in words that every system takes."""
    word = re.sub(r"[^A-Za-z0-9._-]+", "-", project.resolve().name).strip("-.") or "project"
    return word + _ENDINGS[form][0]


def media_type(form: str) -> str:
    """The media type of a format's one file."""
    return _ENDINGS[form][1]


def write_files(made: Made, target: Path, top: str) -> int:
    """Write an export to a file or folder that is not there yet; gives its size in bytes.

    `top` is the name of the folder in a zip. Raises `OSError`.
    """
    from local_engine.projects.atomic_file import replacing

    if made.packed:
        with replacing(target) as file:
            made.write_one_file(file, top)
            return file.tell()
    size = 0
    for name, content in made.files.items():
        with replacing(target / name if name else target) as file:
            copy_into(file, content)
            size += file.tell()
    return size


def _openapi(project: Path) -> dict[str, Any]:
    from local_engine.runtime.openapi import project_openapi

    return project_openapi(project)


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _from_document(project: Path, form: str) -> Made:
    from local_engine.generator import exporting

    document = exporting.ApiDocument.of(_openapi(project))
    match form:
        case "typescript":
            return Made(exporting.typescript_client(document))
        case "bruno":
            return Made(exporting.bruno_collection(document))
        case _:
            return Made({"": exporting.postman_collection(document)})


def _diagram(application: Application, form: str) -> Made:
    from local_engine.generator import exporting

    draw = exporting.mermaid if form == "mermaid" else exporting.svg
    return Made({"": draw(application).encode()})


def _for_operators(application: Application, form: str) -> Made:
    from local_engine.generator import exporting
    from local_engine.runtime.docker.proxy import program

    match form:
        case "compose":
            return Made(exporting.compose_files(application, program()))
        case "swarm":
            return Made(exporting.swarm_files(application, program()))
        case _:
            return Made(exporting.kubernetes_files(application))


def _schema() -> Made:
    from local_engine.generator.blueprint import blueprint_json_schema

    return Made({"": _json(blueprint_json_schema())})


def _copy(project: Path, git: bool, *, packed: bool = False) -> Made:
    from local_engine.projects.sharing import shared_files

    shared = shared_files(project, with_git=git)
    return Made(shared.files, shared.left_out, packed)

"""What is sent to the engine for a build: the files that `.dockerignore` lets through."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from local_engine.runtime.docker.dockerfile import FILE

_IGNORE = ".dockerignore"


def project_context(project: Path, dockerfile: str) -> bytes:
    """The project's files as a tar, with this Dockerfile in place of its own. Raises `OSError`.

    Neither times nor owners are in it: the same files give the same bytes.
    """
    from docker.utils.build import exclude_paths

    patterns = _patterns(project / _IGNORE)
    names = sorted(exclude_paths(str(project), patterns)) if patterns else _all_files(project)
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name in names:
            if name != FILE:
                _add(tar, project, name)
        add_text(tar, FILE, dockerfile)
    return stream.getvalue()


def text_context(texts: dict[str, str]) -> bytes:
    """A tar of texts by their names."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, text in texts.items():
            add_text(tar, name, text)
    return stream.getvalue()


def add_text(
    tar: tarfile.TarFile, name: str, text: str, *, owner: int = 0, mode: int = 0o644
) -> None:
    """Add a file to a tar; `owner` is a user's number, and the group's."""
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.uid, entry.gid = len(content), mode, owner, owner
    tar.addfile(entry, io.BytesIO(content))


def _patterns(file: Path) -> list[str]:
    if not file.is_file():
        return []
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _all_files(project: Path) -> list[str]:
    return sorted(str(path.relative_to(project)) for path in project.rglob("*"))


def _add(tar: tarfile.TarFile, project: Path, name: str) -> None:
    path = project / name
    entry = tar.gettarinfo(path, arcname=name)
    entry.mtime = entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    if entry.isreg():
        with path.open("rb") as content:
            tar.addfile(entry, content)
    elif entry.isdir() or entry.issym():
        tar.addfile(entry)

"""Writes generated trees into a project folder and keeps what a person changed there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from local_engine.projects.manifest import FOLDER, MANIFEST_FILE, Manifest, digest

BLUEPRINT_FILE = "blueprint.yaml"
BASE_BLUEPRINT = f"{FOLDER}/blueprint.yaml"


@dataclass(frozen=True)
class WriteResult:
    """What a write did, by path: `kept` are files edited by hand, which were left as they were."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


class ProjectFolder:
    """A folder that holds one project."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @property
    def blueprint(self) -> Path:
        """Where the project's Blueprint is."""
        return self.path / BLUEPRINT_FILE

    @property
    def is_project(self) -> bool:
        """Whether a Blueprint lies here."""
        return self.blueprint.is_file()

    @property
    def is_free(self) -> bool:
        """Whether a new project may begin here: nothing is there, or an empty folder."""
        return not self.path.exists() or (self.path.is_dir() and not any(self.path.iterdir()))

    def base_blueprint(self) -> str | None:
        """The text of the Blueprint that the present code was generated from."""
        path = self.path / BASE_BLUEPRINT
        return path.read_text("utf-8") if path.is_file() else None

    def migrations(self) -> dict[str, bytes]:
        """The migration files of the project, by path in the project."""
        folder = self.path / "migrations"
        return {
            f"migrations/{file.name}": file.read_bytes() for file in sorted(folder.glob("*.sql"))
        }

    def write(self, tree: Mapping[str, bytes], *, blueprint_text: str) -> WriteResult:
        """Bring the folder to `tree`, file by file, each written aside and renamed.

        A file that a person changed since the last write is left alone and reported. Raises
        ValueError for an unsafe path and OSError where the disk refuses.
        """
        before = Manifest.load(self.path) or Manifest()
        written, unchanged, kept = [], [], []
        digests: dict[str, str] = {}
        for name, content in sorted(tree.items()):
            target = self._inside(name)
            present = target.read_bytes() if target.is_file() else None
            digests[name] = digest(content)
            if present == content:
                unchanged.append(name)
            elif self._edited(name, present, before):
                kept.append(name)
                digests[name] = before.files.get(name, digests[name])
            else:
                write_file(target, content)
                written.append(name)
        removed = self._remove_stale(before, tree, kept)
        write_file(self.path / BASE_BLUEPRINT, blueprint_text.encode())
        write_file(self.path / FOLDER / MANIFEST_FILE, Manifest(digests).dump())
        return WriteResult(tuple(written), tuple(unchanged), tuple(removed), tuple(kept))

    def _edited(self, name: str, present: bytes | None, before: Manifest) -> bool:
        """Whether the file on disk is a person's: edited, or there before we were.

        A generated file that was deleted by hand is written again.
        """
        if present is None or name == BLUEPRINT_FILE:
            return False
        return before.files.get(name) != digest(present)

    def _remove_stale(
        self, before: Manifest, tree: Mapping[str, bytes], kept: list[str]
    ) -> list[str]:
        removed = []
        for name in sorted(set(before.files) - set(tree)):
            target = self._inside(name)
            if not target.is_file():
                continue
            if digest(target.read_bytes()) == before.files[name]:
                target.unlink()
                removed.append(name)
            else:
                kept.append(name)
        return removed

    def _inside(self, name: str) -> Path:
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or not parts.parts:
            raise ValueError(f"unsafe path in a generated tree: {name!r}")
        target = self.path.joinpath(*parts.parts)
        if not target.parent.resolve().is_relative_to(self.path):
            raise ValueError(f"{name!r} leads out of the project through a link")
        return target


def write_file(target: Path, content: bytes) -> None:
    """Write a file aside and rename it, so that nobody ever sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(0o644)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

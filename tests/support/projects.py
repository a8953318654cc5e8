"""For tests of the project store: a small Blueprint to vary, and real git as a second opinion."""

from __future__ import annotations

import subprocess
from pathlib import Path

from local_engine.generator.blueprint import Document, load
from local_engine.projects import Project

NOTES = """blueprint: 1
name: Notes
entities:
  Note:
    owner: author
    fields:
      title: {type: string, max: 80}
    relations:
      author: {to: User}
    access: {list: owner, read: owner, create: authenticated, update: owner, delete: owner}
"""
STARRED = NOTES.replace("      title:", "      stars: {type: integer, default: 0}\n      title:")
RENAMED = NOTES.replace("  Note:\n", "  Memo:\n    was: Note\n")


def notes_project(folder: Path) -> Project:
    """The project of the Blueprint above."""
    return Project.create(folder, load(NOTES))


def edit_blueprint(project: Project, text: str) -> Document:
    """Put a Blueprint into the folder, as an editor would; returns it."""
    (project.folder / "blueprint.yaml").write_text(text)
    return load(text)


def git(folder: Path, *arguments: str) -> str:
    """What real git says in the folder; fails when it fails."""
    command = ["git", "-c", "safe.directory=*", "-c", "user.name=Ann", "-c", "user.email=a@b.c"]
    result = subprocess.run(
        [*command, *arguments], cwd=folder, capture_output=True, check=False, timeout=60
    )
    text = (result.stdout + result.stderr).decode(errors="surrogateescape")
    assert result.returncode == 0, text
    return text


def assert_sound(folder: Path) -> None:
    """Real git finds the repository whole, and no file different from the newest version."""
    found = git(folder, "fsck", "--full", "--strict", "--no-dangling")
    assert "error" not in found, found
    assert "missing" not in found, found
    assert git(folder, "status", "--porcelain") == ""


def all_contents(folder: Path) -> set[bytes]:
    """Every file content that is in any version which a reference keeps."""
    listing = git(folder, "rev-list", "--objects", "--all").split("\n")
    names = "\n".join(line.split(" ")[0] for line in listing if line)
    batch = subprocess.run(
        ["git", "-c", "safe.directory=*", "cat-file", "--batch"],
        cwd=folder,
        input=names.encode(),
        capture_output=True,
        check=True,
    ).stdout
    contents, at = set(), 0
    while at < len(batch):
        end = batch.index(b"\n", at)
        _, kind, size = batch[at:end].split(b" ")
        body = batch[end + 1 : end + 1 + int(size)]
        if kind == b"blob":
            contents.add(body)
        at = end + 1 + int(size) + 1
    return contents


def tree(folder: Path) -> dict[str, bytes]:
    """Every file in the folder but git's own."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }

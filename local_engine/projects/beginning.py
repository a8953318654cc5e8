"""How a project begins: made from a Blueprint, or found in a folder, without a history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from dulwich.objects import ObjectID

from local_engine.generator.blueprint import Document
from local_engine.projects.errors import FolderTaken, Obstructed
from local_engine.projects.generation import BLUEPRINT_FILE, generated_anew
from local_engine.projects.journal import RefChange, Step, write_down
from local_engine.projects.layout import HEADS, MAIN
from local_engine.projects.repository import (
    GENERATOR,
    Repository,
    discard_unfinished,
    has_repository,
    is_unfinished,
    new_repository,
)
from local_engine.projects.versions import Cause, Record, Versions
from local_engine.projects.worktree import obstacles, scan
from local_engine.projects.writer import Advance, Writer, generated_ref
from local_engine.runtime.identity import put_identity, put_taken_up

_WRITTEN = "Functions that a model wrote"
_SIGNS = (BLUEPRINT_FILE, "app/main.py", "migrations/0001_core.up.sql")


def is_free(folder: Path) -> bool:
    """Whether a new project may begin here: nothing is there, or an empty folder."""
    if not folder.exists():
        return True
    return folder.is_dir() and all(is_unfinished(item.name) for item in folder.iterdir())


def holds_project(folder: Path) -> bool:
    """Whether a generated project lies here, with or without a history."""
    return all((folder / name).is_file() for name in _SIGNS)


def begin(
    folder: Path,
    document: Document,
    record: Record,
    identity: str,
    written: Mapping[str, bytes],
) -> None:
    """Make the project of a Blueprint, whole or not at all; its files come when it is opened.

    `written` are files of the user's that it begins with, such as bodies of extension points.
    Files that are there must be as generated: raises FolderTaken, and BlueprintErrors, OSError.
    """
    made = generated_anew(document)
    folder.mkdir(parents=True, exist_ok=True)
    discard_unfinished(folder)
    if has_repository(folder):
        raise FolderTaken(f"{folder} has a history already")
    with new_repository(folder) as repository:
        generated = repository.add_contents(made.contents)
        files = {**generated, **repository.add_contents(dict(written))}
        if found := obstacles(folder, {}, files):
            raise FolderTaken(str(Obstructed(found)), hint="name another folder")
        tree = repository.add_tree(files)
        output = _commit(repository, repository.add_tree(generated), record, [])
        commit, records = output, {output: record}
        if written:
            more = replace(record, title=_WRITTEN)
            commit = _commit(repository, tree, more, [output])
            records[commit] = more
        recording = Versions(repository).recording(records, "create")
        refs = [
            RefChange(f"{HEADS}{MAIN}", None, commit),
            RefChange(generated_ref(MAIN), None, output),
            RefChange(Versions(repository).records.ref, None, recording),
        ]
        repository.flush()
        put_identity(repository.private, identity)
        write_down(repository, Step("create", refs, (None, tree)))


def _commit(
    repository: Repository, tree: ObjectID, record: Record, parents: list[ObjectID]
) -> ObjectID:
    message = f"{record.title}\n\nCause: {record.cause}"
    return repository.add_commit(tree, parents, message, GENERATOR)


def adopt(folder: Path) -> None:
    """Give a folder with a generated project a history that begins with what is there."""
    discard_unfinished(folder)
    with new_repository(folder) as repository:
        put_taken_up(repository.private)
        _import(repository)


def _import(repository: Repository) -> None:
    files = scan(repository, {}).files
    tree = repository.add_tree(files)
    title = "What was in the folder"
    commit = repository.add_commit(tree, [], f"{title}\n\nCause: import", repository.person())
    recording = Versions(repository).recording({commit: Record(Cause.IMPORT, title)}, "import")
    refs = [
        RefChange(f"{HEADS}{MAIN}", None, commit),
        RefChange(Versions(repository).records.ref, None, recording),
    ]
    repository.flush()
    write_down(repository, Step("import", refs, (tree, tree)))


def ensure_output(writer: Writer) -> None:
    """Give a history without one the generator's output for its Blueprint, so that it can merge.

    The files stay: what differs from that output counts as the user's edits. Raises
    BlueprintErrors when the Blueprint of the newest version has problems.
    """
    if writer.generated is not None:
        return
    repository, files = writer.repository, writer.files()
    document = writer.blueprints.of(files)
    output = repository.add_commit(
        repository.add_tree(repository.add_contents(generated_anew(document).contents)),
        [],
        "Output for the imported Blueprint",
        GENERATOR,
    )
    record = Record(Cause.IMPORT, "Compared with what the generator makes of the Blueprint")
    tree = repository.add_tree(files)
    writer.advance(Advance("import", tree, record, GENERATOR, generated=output))

"""Undo, redo and going back: an older state becomes the newest version, and nothing is lost.

Undo brings back what was there before the last change. As long as only undo and redo follow, redo
goes the other way; any other change empties what could be redone, as in an editor.
"""

from __future__ import annotations

from dataclasses import dataclass

from dulwich.objects import ObjectID

from local_engine.projects.errors import NothingToUndo
from local_engine.projects.pending import require_settled
from local_engine.projects.repository import GENERATOR
from local_engine.projects.snapshots import NewerData, SnapshotFolder, Snapshots
from local_engine.projects.versions import Cause, Record, Version
from local_engine.projects.writer import Advance, Writer, output_in


@dataclass(frozen=True)
class Data:
    """What is to happen to the database: nothing without `snapshots`.

    `replace` allows that newer data is replaced; it is kept as a version first.
    """

    snapshots: Snapshots | None = None
    replace: bool = False


def undo(writer: Writer, data: Data) -> Version:
    """Bring back what was before the last change.

    Raises NothingToUndo, MergePending, NewerData.
    """
    require_settled(writer.repository, writer.branch)
    writer.notice()
    current = writer.version
    target = writer.versions.before(current)
    if target is None:
        raise NothingToUndo("this is the first version: nothing was before it")
    left = _leave(writer, target, data)
    content = writer.versions.at(ObjectID(current.content.encode()))
    left = left if left.record.cause is Cause.DATA else content
    record = Record(
        Cause.UNDO,
        f"Undo: {content.record.title}",
        restores=target.id,
        redo=(left.id, *current.record.redo),
    )
    return _bring_back(writer, target, record, data)


def redo(writer: Writer, data: Data) -> Version:
    """Bring back what was undone last. Raises NothingToUndo, MergePending, NewerData."""
    require_settled(writer.repository, writer.branch)
    writer.notice()
    waiting = writer.version.record.redo
    if not waiting:
        raise NothingToUndo("nothing can be redone: nothing was undone since the last change")
    target = writer.versions.at(ObjectID(waiting[0].encode()))
    _leave(writer, target, data)
    record = Record(
        Cause.REDO, f"Redo: {target.record.title}", restores=target.id, redo=waiting[1:]
    )
    return _bring_back(writer, target, record, data)


def go_back(writer: Writer, target: Version, data: Data) -> Version:
    """Make any version's content the newest. Raises MergePending, NewerData."""
    require_settled(writer.repository, writer.branch)
    writer.notice()
    _leave(writer, target, data)
    record = Record(Cause.RESTORE, f"Back to: {target.record.title}")
    return _bring_back(writer, target, record, data)


def _leave(writer: Writer, target: Version, data: Data) -> Version:
    """Keep the database as it is with the version that is being left; returns that version."""
    current = writer.version
    if data.snapshots is None:
        return current
    repository = writer.repository
    folder = SnapshotFolder(repository.private)
    loss = None
    if folder.has(target.record.snapshot):
        path = folder.path(target.record.snapshot or "")
        loss = data.snapshots.newer_than(repository.folder, path)
        if loss is not None and not data.replace:
            raise NewerData(loss)
    snapshot = folder.store(data.snapshots, repository.folder)
    if loss is None:
        content = writer.versions.at(ObjectID(current.content.encode()))
        return writer.edit_record(content, snapshot=snapshot)
    record = Record(
        Cause.DATA,
        f"Data before going back: {loss}",
        restores=current.content,
        redo=current.record.redo,
        snapshot=snapshot,
    )
    return writer.advance(Advance("keep data", current.tree, record, GENERATOR))


def _bring_back(writer: Writer, target: Version, record: Record, data: Data) -> Version:
    repository = writer.repository
    folder = SnapshotFolder(repository.private)
    restores_data = data.snapshots is not None and folder.has(target.record.snapshot)
    if restores_data:
        folder.intend(target.record.snapshot or "")
    author = repository.person()
    version = writer.advance(
        Advance(record.cause, target.tree, record, author, generated=_output_for(writer, target))
    )
    if restores_data and data.snapshots is not None:
        folder.restore_intended(data.snapshots, repository.folder)
    return version


def _output_for(writer: Writer, target: Version) -> ObjectID | None:
    """A new commit of the generator with the output that belongs to the target, if it differs.

    So the next generation is compared with what the code came from.
    """
    repository, present = writer.repository, writer.generated
    wanted = output_in(repository, target.commit)
    if wanted is None or present is None:
        return None
    tree = repository.commit_at(wanted).tree
    if repository.commit_at(present).tree == tree:
        return None
    return repository.add_commit(tree, [present], f"Output for {target.short}", GENERATOR)

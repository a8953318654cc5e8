"""Undo, redo and going back: an older state becomes the newest version, and nothing is lost.

Undo brings back what was there before the last change. As long as only undo and redo follow, redo
goes the other way; any other change empties what could be redone, as in an editor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dulwich.objects import ObjectID

from local_engine.projects.errors import NothingToUndo
from local_engine.projects.pending import require_settled
from local_engine.projects.repository import GENERATOR
from local_engine.projects.returning import Data, data_returns
from local_engine.projects.versions import Cause, Record, Version
from local_engine.projects.writer import Advance, Writer, output_in
from local_engine.runtime.events import stage

_STAGE = ("code", "Bring the code back")


def undo(writer: Writer, data: Data) -> Version:
    """Bring back what was before the last change.

    Raises NothingToUndo, MergePending, NewerData, SnapshotError.
    """
    require_settled(writer.repository, writer.branch)
    writer.notice()
    current = writer.version
    target = writer.versions.before(current)
    if target is None:
        raise NothingToUndo("this is the first version: nothing was before it")
    title = f"Undo: {writer.versions.content_of(current).record.title}"

    def record(left: Version) -> Record:
        redo = (left.id, *current.record.redo)
        return Record(Cause.UNDO, title, restores=target.id, redo=redo)

    return _bring_back(writer, target, record, data)


def redo(writer: Writer, data: Data) -> Version:
    """Bring back what was undone last.

    Raises NothingToUndo, MergePending, NewerData, SnapshotError.
    """
    require_settled(writer.repository, writer.branch)
    writer.notice()
    waiting = writer.version.record.redo
    if not waiting:
        raise NothingToUndo("nothing can be redone: nothing was undone since the last change")
    target = writer.versions.named(waiting[0])
    title = f"Redo: {writer.versions.content_of(target).record.title}"

    def record(left: Version) -> Record:
        return Record(Cause.REDO, title, restores=target.id, redo=waiting[1:], back=left.id)

    return _bring_back(writer, target, record, data)


def go_back(writer: Writer, target: Version, data: Data) -> Version:
    """Make any version's content the newest. Raises MergePending, NewerData, SnapshotError."""
    require_settled(writer.repository, writer.branch)
    writer.notice()
    record = Record(Cause.RESTORE, f"Back to: {target.record.title}")
    return _bring_back(writer, target, lambda _left: record, data)


def _bring_back(
    writer: Writer, target: Version, record: Callable[[Version], Record], data: Data
) -> Version:
    with data_returns(writer, target, data) as going, stage(writer.on_event, *_STAGE):
        wanted = replace(record(going.left), verdict=target.record.verdict)
        return writer.advance(
            Advance(
                wanted.cause,
                target.tree,
                wanted,
                writer.repository.person(),
                generated=_output_for(writer, target),
                snapshot=going.snapshot,
            )
        )


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

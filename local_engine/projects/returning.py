"""The data that goes back with the code: which snapshot it is, and what must be asked first.

A version that has a snapshot brings it back. One that has none leaves the data as it is, as long as
its code can use it. Where the database has migrations that the code does not know, it becomes the
nearest snapshot from before them, or without any it is taken back by the migrations' own way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.projects.errors import ProjectError
from local_engine.projects.keeping import Kept, migrations_of, table_names
from local_engine.projects.repository import GENERATOR
from local_engine.projects.snapshots import Held, NewerData, Snapshots, in_words
from local_engine.projects.versions import Cause, Record, Version
from local_engine.projects.writer import Advance, Writer
from local_engine.runtime.events import stage
from local_engine.runtime.snapshots import Script, Snapshot
from local_engine.runtime.snapshots.scripts import missing_from

_COMPARE = ("compare", "Compare the data with what comes back")
_KEEP = ("keep", "Keep the present data")
_BRING = ("data", "Bring the data back")


@dataclass(frozen=True)
class Data:
    """What is to happen to the database: nothing without `snapshots`.

    `replace` allows that newer data is replaced; it is kept as a version first.
    """

    snapshots: Snapshots | None = None
    replace: bool = False


@dataclass(frozen=True)
class Return:
    """The version that is left, with its data, and the snapshot that comes back with a step."""

    left: Version
    snapshot: str | None = None
    kept: Kept | None = None

    def live_on(self, version: Version) -> None:
        """The line of a version goes on with the data that has come back."""
        if self.kept is not None:
            self.kept.live_on(version, self.snapshot)


@dataclass(frozen=True)
class _Wanted:
    snapshot: Snapshot
    lost: dict[str, int]


@contextlib.contextmanager
def data_returns(writer: Writer, target: Version, data: Data) -> Iterator[Return]:
    """Let the data go back together with the step that the block carries out.

    The block names `snapshot` in its step: from then on it is owed, and paid when the block ends.
    Whatever becomes of the data, what runs on it runs the code that has come back.
    Raises NewerData before anything is changed, and SnapshotError.
    """
    snapshots, folder = data.snapshots, writer.repository.folder
    if snapshots is None:
        yield Return(writer.version)
        return
    kept = Kept(writer, snapshots.where)
    if kept.with_version(target) is None and not snapshots.has_database(folder):
        yield Return(writer.version)
        return
    with snapshots.open(folder) as database:
        if needs_none := _is_usable(writer, kept, target, database):
            yield Return(writer.version)
        elif not data.replace:
            with stage(writer.on_event, *_COMPARE):
                wanted = _wanted(writer, kept, target, database)
            _ask(writer, kept, wanted, remove=_made_anew(writer, kept, target))
    if needs_none:
        snapshots.follow(folder)
        return
    with snapshots.at_rest(folder) as database:
        with stage(writer.on_event, *_COMPARE):
            wanted = _wanted(writer, kept, target, database)
        if not data.replace:
            _ask(writer, kept, wanted)
        yield Return(_leave(writer, kept, wanted.lost, database), wanted.snapshot.id, kept)
        with stage(writer.on_event, *_BRING):
            database.settle()


def put_back(writer: Writer, snapshot: Snapshot, data: Data) -> None:
    """Make the database a snapshot that the present code can use; the code stays.

    Raises NewerData, ProjectError, SnapshotError; nothing was changed then.
    """
    repository = writer.repository
    known = migrations_of(repository, writer.version.tree)
    if data.snapshots is None or missing_from(snapshot.migrations, known) is None:
        raise ProjectError(
            f"the present code cannot use the snapshot {snapshot.id}: it is of other tables",
            hint=f"restore its version: {(snapshot.version or '')[:10]}",
        )
    kept = Kept(writer, data.snapshots.where)
    if not data.replace:
        with data.snapshots.open(repository.folder) as database:
            with stage(writer.on_event, *_COMPARE):
                wanted = _Wanted(snapshot, database.newer_than(snapshot, known))
            _ask(writer, kept, wanted)
    with data.snapshots.at_rest(repository.folder) as database:
        with stage(writer.on_event, *_COMPARE):
            wanted = _Wanted(snapshot, database.newer_than(snapshot, known))
        if not data.replace:
            _ask(writer, kept, wanted)
        _leave(writer, kept, wanted.lost, database)
        kept.files.owe(snapshot.id)
        with stage(writer.on_event, *_BRING):
            database.settle()


def _ask(writer: Writer, kept: Kept, wanted: _Wanted, *, remove: bool = False) -> None:
    if remove:
        kept.files.remove(wanted.snapshot.id)
    if wanted.lost:
        raise NewerData(wanted.lost, table_names(writer.repository, writer.version))


def _is_usable(writer: Writer, kept: Kept, target: Version, database: Held) -> bool:
    """Whether the data may stay: the target has none of its own, and can use what is there."""
    if kept.with_version(target) is not None:
        return False
    known = migrations_of(writer.repository, target.tree)
    return missing_from(database.migrations, known) is not None


def _wanted(writer: Writer, kept: Kept, target: Version, database: Held) -> _Wanted:
    repository = writer.repository
    known = migrations_of(repository, target.tree)
    present = migrations_of(repository, writer.version.tree)
    snapshot = _nearest(writer, kept, target, known)
    if snapshot is not None:
        longer = present if len(present) > len(known) else known
        return _Wanted(snapshot, database.newer_than(snapshot, longer))
    applied = database.migrations
    shared = [script.applied for script in known]
    count = next((n for n, one in enumerate(applied) if shared[n : n + 1] != [one]), len(applied))
    beyond = [script for script in present if script.applied in applied[count:]]
    made, found = database.taken_back(beyond)
    lost = dict.fromkeys((*found.lost, *found.emptied), 0)
    for counts in (found.lost, found.emptied):
        for table, number in counts.items():
            lost[table] += number
    return _Wanted(made, lost)


def _nearest(
    writer: Writer, kept: Kept, target: Version, known: tuple[Script, ...]
) -> Snapshot | None:
    """The target's own snapshot, or the latest before it that its migrations lead on from."""
    for version in writer.versions.line(target.commit):
        found = kept.with_version(version)
        if found is not None and missing_from(found.migrations, known) is not None:
            return found
    return None


def _made_anew(writer: Writer, kept: Kept, target: Version) -> bool:
    """Whether the snapshot for a target is made only for the step, as there is none."""
    known = migrations_of(writer.repository, target.tree)
    return _nearest(writer, kept, target, known) is None


def _leave(writer: Writer, kept: Kept, lost: dict[str, int], database: Held) -> Version:
    """Keep the database as it is with the version that is left; returns that version."""
    current = writer.version
    if not database.has_rows:
        return current
    with stage(writer.on_event, *_KEEP):
        snapshot = database.store("replaced")
    if lost:
        words = in_words(lost, table_names(writer.repository, current))
        record = Record(
            Cause.DATA,
            f"Data before going back: {words}",
            restores=current.id,
            redo=current.record.redo,
            snapshot=kept.named(snapshot),
        )
        left = writer.advance(Advance("keep data", current.tree, record, GENERATOR))
        kept.files.belongs(snapshot, left.id)
        return left
    return kept.give(snapshot, current)[1]

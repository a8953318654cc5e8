"""One project: a folder with a Blueprint, code and history, and all that can be done with it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dulwich.objects import ObjectID

from local_engine.generator.blueprint import Document
from local_engine.projects import beginning, branches, regeneration, undoing
from local_engine.projects.comparison import (
    Comparison,
    compare,
    text_difference,
    title_of_change,
)
from local_engine.projects.conflicts import Conflict
from local_engine.projects.errors import NotAProject, ProjectError
from local_engine.projects.events import Event, OnEvent, Recovered, ignore
from local_engine.projects.journal import RefChange, Step
from local_engine.projects.keeping import Kept, adopt_new, files_of
from local_engine.projects.layout import GIT, HEADS, PRIVATE
from local_engine.projects.leaving_out import LeftOut
from local_engine.projects.pending import Pending, read_pending
from local_engine.projects.recoverable import MERGE, GivenUp, expired, given_up
from local_engine.projects.regeneration import Outcome
from local_engine.projects.repository import Repository, has_repository
from local_engine.projects.returning import Data, put_back
from local_engine.projects.snapshots import Snapshots, Where
from local_engine.projects.trees import FILE, Entry
from local_engine.projects.versions import Cause, Page, Record, Version, Versions
from local_engine.projects.worktree import safe_place, scan
from local_engine.projects.writer import Advance, Writer, open_writer
from local_engine.runtime.events import stage
from local_engine.runtime.identity import new_identity
from local_engine.runtime.snapshots import Snapshot

PAGE = 50


class Project:
    """A project on disk. Methods that change it hold its lock; the others may run beside them."""

    def __init__(self, folder: Path, on_event: OnEvent = ignore) -> None:
        self.folder = folder.resolve()
        self._on_event = on_event

    @classmethod
    def create(
        cls,
        folder: Path,
        document: Document,
        *,
        cause: Cause = Cause.EDIT,
        title: str = "Generated from the Blueprint",
        identity: str | None = None,
        making: dict[str, Any] | None = None,
        written: Mapping[str, bytes] | None = None,
        on_event: OnEvent = ignore,
    ) -> Project:
        """Make the project of a Blueprint in a folder that is free but for what will be equal.

        `identity` is the project's id; it gets one of its own without. `making` says how the
        Blueprint was made, `written` are files that are the user's from the beginning.
        Raises FolderTaken, BlueprintErrors, OSError.
        """
        project = cls(folder, on_event)
        with stage(on_event, "write", "write the project"):
            record = Record(cause, title, making=making)
            beginning.begin(
                project.folder, document, record, identity or new_identity(), written or {}
            )
            with open_writer(project.folder, "create", _without_recovery(on_event)):
                pass
        return project

    @property
    def exists(self) -> bool:
        """Whether the folder has a history of a project of ours."""
        if not has_repository(self.folder):
            return False
        return (self.folder / GIT / PRIVATE).is_dir() or beginning.holds_project(self.folder)

    @property
    def is_there(self) -> bool:
        """Whether the folder holds a project, with or without a history."""
        return self.exists or beginning.holds_project(self.folder)

    def recover(self) -> None:
        """Finish what an earlier process left half done; a folder without history gets one.

        Raises NotAProject, ProjectBusy.
        """
        with self._writing("open"):
            pass

    def generate(
        self,
        document: Document,
        *,
        cause: Cause = Cause.EDIT,
        allow_drop: bool = False,
        making: dict[str, Any] | None = None,
    ) -> Outcome:
        """Generate from a Blueprint into the project, keeping what the user changed.

        Raises BlueprintErrors, MigrationRefused, ProjectError; nothing was changed then.
        """
        _ = document.application
        with self._writing("generate") as writer:
            beginning.ensure_output(writer)
            record = Record(cause, title_of_change(writer, document), making=making)
            with stage(self._on_event, "merge", "generate and merge"):
                return regeneration.regenerate(writer, document, record, allow_drop=allow_drop)

    def notice(self) -> Version | None:
        """Keep what was changed outside as a version; None when nothing was."""
        with self._writing("notice") as writer:
            return writer.notice()

    def apply(
        self,
        changes: Mapping[str, bytes | None],
        cause: Cause,
        title: str,
    ) -> Version:
        """Write files (None: remove them) as a version. Raises ValueError for an unsafe path."""
        for path in changes:
            safe_place(self.folder, path)
        with self._writing("edit") as writer:
            writer.notice()
            files = writer.files()
            for path, content in changes.items():
                if content is None:
                    files.pop(path, None)
                else:
                    mode = files[path].mode if path in files else FILE
                    files[path] = Entry(mode, writer.repository.add_content(content))
            tree = writer.repository.add_tree(files)
            author = writer.repository.person()
            return writer.advance(Advance(cause, tree, Record(cause, title), author))

    # What there is

    def head(self) -> Version:
        """The newest version of what the folder shows."""
        with self._reading() as repository:
            return Versions(repository).at(_head(repository))

    def history(self, limit: int = PAGE, start: str | None = None) -> Page:
        """Versions, the newest first; `start` is the `next` of the page before."""
        with self._reading() as repository:
            at = self.find(start).commit if start else _head(repository)
            return Versions(repository).page(at, limit)

    def find(self, wanted: str) -> Version:
        """The version of this name, or whose id begins so. Raises NoSuchVersion."""
        with self._reading() as repository:
            heads = [_head(repository), *repository.refs(HEADS).values()]
            heads += [item.commit for item in given_up(repository)]
            return Versions(repository).find(wanted, list(dict.fromkeys(heads)))

    def before(self, version: Version) -> Version | None:
        """The version from which this one was made; None for the first."""
        with self._reading() as repository:
            return Versions(repository).at(version.parents[0]) if version.parents else None

    def compare(self, old: Version | None, new: Version) -> Comparison:
        """What differs between two versions; None stands for nothing at all."""
        with self._reading() as repository:
            return compare(repository, old, new)

    def text_difference(self, old: Version | None, new: Version, path: str) -> str:
        """A file's change between two versions, as a unified diff."""
        with self._reading() as repository:
            before = repository.files(old.tree if old else None)
            after = repository.files(new.tree)
            return text_difference(repository, path, before.get(path), after.get(path))

    def files(self, version: Version) -> tuple[str, ...]:
        """The paths of all files of a version, in order."""
        with self._reading() as repository:
            return tuple(repository.files(version.tree))

    def content(self, version: Version, path: str) -> bytes | None:
        """A file as it was in a version; None if it was not there."""
        with self._reading() as repository:
            entry = repository.files(version.tree).get(path)
            return None if entry is None else repository.content(entry.id)

    def content_of(self, entry: Entry | None) -> bytes | None:
        """The bytes of one side of a conflict."""
        with self._reading() as repository:
            return None if entry is None else repository.content(entry.id)

    def blueprint_of_code(self) -> Document | None:
        """The Blueprint that the present code was generated from; None where none was."""
        with self._reading() as repository:
            writer = Writer(repository, ignore)
            if writer.generated is None:
                return None
            base = regeneration.base_of(writer, writer.head, writer.generated)
            return writer.blueprints.at(base)

    def left_out(self) -> tuple[LeftOut, ...]:
        """What lies in the folder without being part of the history."""
        with self._reading() as repository:
            return scan(repository, {}).left_out

    # Versions

    def name(self, version: Version, name: str | None) -> Version:
        """Give a version a name by which it can be found, or take it away."""
        with self._writing("name") as writer:
            return writer.edit_record(writer.versions.at(version.commit), name=name)

    def attach_report(self, version: Version, report: bytes, verdict: str) -> None:
        """Keep a verification report with a version; it replaces an earlier one."""
        with self._writing("report") as writer:
            reports = writer.versions.reports
            new = reports.with_notes({version.commit: report}, "report")
            record = replace(writer.versions.at(version.commit).record, verdict=verdict)
            noted = writer.recording({version.commit: record}, "report")
            writer.carry_out(Step("report", [RefChange(reports.ref, reports.at, new), noted]))

    def report(self, version: Version) -> bytes | None:
        """The verification report of a version, or of the one whose content it brought back."""
        with self._reading() as repository:
            versions = Versions(repository)
            found = versions.reports.of(version.commit)
            while found is None and version.record.restores is not None:
                version = versions.named(version.record.restores)
                found = versions.reports.of(version.commit)
            return found

    def make_snapshot(self, snapshots: Snapshots) -> Snapshot:
        """Keep what the database holds now with the newest version. Raises SnapshotError."""
        with self._writing("snapshot") as writer, snapshots.open(self.folder) as database:
            return Kept(writer, snapshots.where).give(database.store("asked"), writer.version)[0]

    def snapshots(self, where: Where = "preview") -> list[Snapshot]:
        """The snapshots of one of the project's databases, the newest first."""
        with self._reading() as repository:
            return files_of(repository, where).all()

    def restore_snapshot(self, snapshot: Snapshot, data: Data) -> None:
        """Put data back under the present code. Raises NewerData, ProjectError, SnapshotError."""
        with self._writing("restore data") as writer:
            put_back(writer, snapshot, data)

    def remove_snapshot(self, id_: str, where: Where = "preview") -> None:
        """Remove a snapshot; versions that refer to it are then without one."""
        with self._writing("remove snapshot") as writer:
            files = files_of(writer.repository, where)
            if files.owed == id_:
                raise ProjectError("the database is becoming this snapshot", hint="run the project")
            files.remove(id_)

    def undo(self, data: Data | None = None) -> Version:
        """Bring back what was before the last change. Raises NothingToUndo, NewerData."""
        with self._writing("undo") as writer:
            return undoing.undo(writer, data or Data())

    def redo(self, data: Data | None = None) -> Version:
        """Bring back what was undone last. Raises NothingToUndo, NewerData."""
        with self._writing("redo") as writer:
            return undoing.redo(writer, data or Data())

    def go_back(self, version: Version, data: Data | None = None) -> Version:
        """Make a version's content the newest. Raises NewerData."""
        with self._writing("restore") as writer:
            return undoing.go_back(writer, version, data or Data())

    # Conflicts

    def pending(self) -> Pending | None:
        """The merge that waits for decisions, if one does."""
        with self._reading() as repository:
            return read_pending(repository, Writer(repository, ignore).branch)

    def resolve(self, path: str, choose: Callable[[Conflict], Entry | None]) -> Outcome:
        """Decide on one file: `choose` gives a side of the conflict, or None to have it gone.

        The last decision completes the merge. Raises NothingPending, KeyError.
        """
        with self._writing("resolve") as writer:
            conflict = regeneration.conflict_at(regeneration.waiting(writer), path)
            return regeneration.resolve(writer, path, choose(conflict))

    def resolve_all(self, choose: Callable[[Conflict], Entry | None]) -> Outcome:
        """Decide on every open conflict in the same way. Raises NothingPending."""
        with self._writing("resolve") as writer:
            return regeneration.resolve_all(writer, choose)

    def resolve_with(self, path: str, content: bytes) -> Outcome:
        """Decide on one file by giving its content. Raises NothingPending, KeyError."""
        with self._writing("resolve") as writer:
            conflict = regeneration.conflict_at(regeneration.waiting(writer), path)
            side = conflict.ours or conflict.theirs
            mode = side.mode if side is not None and side.is_plain else FILE
            entry = Entry(mode, writer.repository.add_content(content))
            return regeneration.resolve(writer, path, entry)

    def complete(self) -> Outcome:
        """Make the merge a version. Raises NothingPending, UnsolvedConflicts."""
        with self._writing("complete") as writer:
            return regeneration.complete(writer)

    def abandon(self) -> None:
        """Give the waiting merge up. Raises NothingPending."""
        with self._writing("abandon") as writer:
            regeneration.abandon(writer)

    # Trying something out

    @property
    def branch(self) -> str:
        """What the folder shows: `main`, or what is being tried."""
        with self._reading() as repository:
            return Writer(repository, ignore).branch

    @property
    def trial(self) -> str | None:
        """The name of what is being tried; None where the folder shows anything else."""
        return branches.trial_of(self.branch)

    def try_out(self, name: str) -> str:
        """Go on, on a branch of its own; returns its name. Raises ProjectError."""
        with self._writing("try") as writer:
            return branches.try_out(writer, name)

    def keep(self) -> None:
        """Make what was tried the main line. Raises ProjectError."""
        with self._writing("keep") as writer:
            branches.keep(writer)

    def discard(self, data: Data | None = None) -> None:
        """Go back to the main line. Raises ProjectError, SnapshotError."""
        with self._writing("discard") as writer:
            branches.discard(writer, data or Data())

    def given_up(self) -> list[GivenUp]:
        """What was discarded or abandoned and can still be had back."""
        with self._reading() as repository:
            return given_up(repository)

    def discarded(self) -> list[GivenUp]:
        """The trials that were discarded and can still be had back, the newest first."""
        return [item for item in self.given_up() if item.name != MERGE]

    def have_back(self, item: GivenUp, data: Data | None = None) -> str:
        """Have back what was discarded, as something that is being tried; returns the branch."""
        with self._writing("recover") as writer:
            return branches.recover(writer, item, data or Data())

    @contextlib.contextmanager
    def _writing(self, action: str) -> Iterator[Writer]:
        if not self.exists:
            if not self.is_there:
                raise NotAProject(
                    f"there is no project in {self.folder}",
                    hint='make one: create "A simple todo API"',
                )
            beginning.adopt(self.folder)
        with open_writer(self.folder, action, self._on_event) as writer:
            if gone := expired(writer.repository):
                writer.carry_out(Step("expire", gone))
            adopt_new(writer)
            yield writer

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Repository]:
        if not self.exists:
            raise NotAProject(f"{self.folder} has no history yet", hint="`generate` makes one")
        with Repository(self.folder) as repository:
            yield repository


def may_begin(folder: Path) -> bool:
    """Whether a new project may begin in a folder: it is not there, or empty."""
    return beginning.is_free(folder)


def _head(repository: Repository) -> ObjectID:
    return Writer(repository, ignore).head


def _without_recovery(on_event: OnEvent) -> OnEvent:
    """Making a project is one step that is finished by opening it: no news."""

    def tell(event: Event) -> None:
        if not isinstance(event, Recovered):
            on_event(event)

    return tell

"""Versions: each is a commit on the line that the user sees, with a record of how it came about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from dulwich.objects import Commit, ObjectID

from local_engine.projects.errors import NoSuchVersion
from local_engine.projects.notes import Notes
from local_engine.projects.repository import Repository

RECORDS = "versions"
REPORTS = "reports"
_FORMAT = 1
_SHORT = 10


class Cause(StrEnum):
    """What made a version."""

    PROMPT = "prompt"
    EDIT = "edit"
    REPAIR = "repair"
    UNDO = "undo"
    REDO = "redo"
    RESTORE = "restore"
    IMPORT = "import"
    OUTSIDE = "outside"
    DATA = "data"
    """Nothing changed but the data, which is kept before an older state comes back."""


@dataclass(frozen=True)
class Record:
    """What is kept about a version beside its commit.

    `restores` is the version that this one brought back, `redo` are those that `redo` would bring
    back, the next one first; `back` is what undo brings back where that is not simply the version
    before. `snapshot` names the snapshot of the database as it was when this version was left,
    `verdict` is that of its verification (of the whole: its report is kept too). `making` says how
    the Blueprint was made: the way, the models, what they cost.
    """

    cause: Cause
    title: str
    name: str | None = None
    restores: str | None = None
    redo: tuple[str, ...] = ()
    snapshot: str | None = None
    back: str | None = None
    verdict: str | None = None
    making: dict[str, Any] | None = None

    def dump(self) -> bytes:
        """The record as the bytes of its note."""
        return (json.dumps({"format": _FORMAT, **asdict(self)}, indent=1) + "\n").encode()

    @classmethod
    def load(cls, content: bytes) -> Record:
        """Read a note; keys of later formats are passed over."""
        found = json.loads(content)
        return cls(
            Cause(found["cause"]),
            found["title"],
            found.get("name"),
            found.get("restores"),
            tuple(found.get("redo", ())),
            found.get("snapshot"),
            found.get("back"),
            found.get("verdict"),
            found.get("making"),
        )


@dataclass(frozen=True)
class Version:
    """A state of the project that one can go back to. `id` is the commit's id, in hexadecimal."""

    id: str
    record: Record
    time: datetime
    author: str
    tree: ObjectID = field(repr=False)
    parents: tuple[ObjectID, ...] = field(repr=False)

    @property
    def short(self) -> str:
        """As much of the id as people need."""
        return self.id[:_SHORT]

    @property
    def commit(self) -> ObjectID:
        """The id as git's library wants it."""
        return ObjectID(self.id.encode())


@dataclass(frozen=True)
class Page:
    """Some versions, the newest first; `next` is where the older ones begin, None at the end."""

    versions: tuple[Version, ...]
    next: str | None


class Versions:
    """The versions of a project as they are now."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self.records = Notes(repository, RECORDS)
        self.reports = Notes(repository, REPORTS)

    def at(self, commit: ObjectID) -> Version:
        """The version of a commit. Raises NoSuchVersion when there is no such commit."""
        try:
            found = self._repository.commit_at(commit)
        except (KeyError, ValueError):
            raise NoSuchVersion(f"there is no version {commit.decode()}") from None
        note = self.records.of(commit)
        return Version(
            commit.decode(),
            Record.load(note) if note else _record_of(found),
            datetime.fromtimestamp(found.commit_time, UTC),
            found.author.decode(errors="replace"),
            found.tree,
            tuple(found.parents),
        )

    def all_records(self) -> Iterator[Record]:
        """What is kept about any version, on whatever line it is."""
        return (Record.load(note) for note in self.records.all())

    def line(self, start: ObjectID | None) -> Iterator[Version]:
        """The versions from this one back to the first."""
        while start is not None:
            version = self.at(start)
            yield version
            start = version.parents[0] if version.parents else None

    def page(self, start: ObjectID | None, limit: int) -> Page:
        """At most `limit` versions from this one on."""
        versions: list[Version] = []
        for version in self.line(start):
            if len(versions) == limit:
                return Page(tuple(versions), version.id)
            versions.append(version)
        return Page(tuple(versions), None)

    def find(self, wanted: str, heads: Sequence[ObjectID]) -> Version:
        """The version with this name, or whose id begins so, on the lines of these heads.

        Raises NoSuchVersion, also when several ids begin so.
        """
        found: dict[str, Version] = {}
        for head in heads:
            for version in self.line(head):
                if version.record.name == wanted:
                    return version
                if len(wanted) >= 4 and version.id.startswith(wanted.lower()):
                    found[version.id] = version
        if len(found) == 1:
            return next(iter(found.values()))
        problem = "several versions begin with" if found else "there is no version"
        raise NoSuchVersion(f"{problem} {wanted!r}", hint="`history` lists their ids and names")

    def named(self, id_: str) -> Version:
        """The version of an id in hexadecimal. Raises NoSuchVersion."""
        return self.at(ObjectID(id_.encode()))

    def content_of(self, version: Version) -> Version:
        """The version that first had this one's content: itself, unless it brought one back."""
        while version.record.restores is not None:
            version = self.named(version.record.restores)
        return version

    def before(self, version: Version) -> Version | None:
        """What undoing would bring back from here; None for what was there first.

        It is the state as it was left, so with the data of that moment: not the first version
        with that content, but the one that was left last.
        """
        while version.record.back is None and version.record.restores is not None:
            version = self.named(version.record.restores)
        if version.record.back is not None:
            return self.named(version.record.back)
        return self.at(version.parents[0]) if version.parents else None

    def recording(self, records: dict[ObjectID, Record], message: str) -> ObjectID:
        """Keep records about commits; returns what the reference of the notes is to name then."""
        notes = {commit: record.dump() for commit, record in records.items()}
        return self.records.with_notes(notes, message)


def _record_of(commit: Commit) -> Record:
    """For a commit without a note: it was made by git, so outside of us."""
    title = commit.message.decode(errors="replace").strip().partition("\n")[0]
    return Record(Cause.OUTSIDE, title or "Without a message")


def renamed(record: Record, name: str | None) -> Record:
    """The record of a version that got a name of its own, or lost it."""
    return replace(record, name=name)

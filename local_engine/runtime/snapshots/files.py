"""The snapshot files of one project, beside its history: `.git/backend-generator/snapshots`.

They lie with the project and not with the engine, because the versions that name them do: a
project that is moved, copied or deleted takes both along. A folder without a history has them
beside its database instead. A snapshot is two files: `<id>.dump`, which PostgreSQL's own
`pg_restore` reads, and `<id>.json`, which says what it is. The second is written last, so a
snapshot is there whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Literal

from local_engine.runtime.private_files import make_private_folder, write_private

Reason = Literal["asked", "migration", "replaced"]
"""Why it was made: somebody asked; before a migration; before older data came back."""

DEPLOYED = "snapshots-deployed"
"""The folder with those of the project's deployment, beside those of its preview."""
KEPT_COUNT = 30
KEPT_BYTES = 2 * 1024**3
_FORMAT = 1
_BLOCK_BYTES = 1024 * 1024
_OWED = "owed"
_MOMENT = timedelta(microseconds=1)
_ID = re.compile(r"[0-9a-f]{16}")


class SnapshotError(Exception):
    """A snapshot cannot be made, found or used; the message says what to do."""


class NotStartedError(SnapshotError):
    """What was asked for is done, but what ran before does not run again."""


class SnapshotDamagedError(SnapshotError):
    """The file of a snapshot is not what was written."""


@dataclass(frozen=True)
class Applied:
    """A migration that a database has: its number, name, and SHA-256 in hexadecimal."""

    number: int
    name: str
    checksum: str


@dataclass(frozen=True)
class Snapshot:
    """What a snapshot is. `rows` counts the user's rows, by table; `owner` is the role of all.

    `version` is the version of the project that it belongs to, once the project knows of it.
    """

    id: str
    made_at: datetime
    reason: Reason
    bytes: int
    checksum: str
    owner: str
    migrations: tuple[Applied, ...]
    rows: Mapping[str, int]
    version: str | None = None

    def dump(self) -> str:
        """The text of its description."""
        facts = {"format": _FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        return json.dumps(facts, indent=1) + "\n"

    @classmethod
    def load(cls, text: str) -> Snapshot:
        """The inverse of `dump`. Raises ValueError, KeyError or TypeError for anything else."""
        found: dict[str, Any] = json.loads(text)
        if found.pop("format") != _FORMAT:
            raise ValueError("a snapshot of another format")
        found["made_at"] = datetime.fromisoformat(found["made_at"])
        found["migrations"] = tuple(Applied(**one) for one in found["migrations"])
        return cls(**found)


class SnapshotFiles:
    """The snapshots in one folder, which is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(
        self, fill: Callable[[IO[bytes]], None], described: Callable[[str, int, str], Snapshot]
    ) -> Snapshot:
        """Make a snapshot: `fill` writes its content, `described` says what it is.

        `described` gets the new id, the size in bytes, and the checksum. Raises OSError and what
        the two raise; then there is no snapshot, and nothing else has changed.
        """
        make_private_folder(self._folder)
        id_ = secrets.token_hex(8)
        unfinished = self._folder / f"{id_}.new"
        try:
            with _Hashed(unfinished) as file:
                fill(file)  # type: ignore[arg-type]  # all that is asked of it is `write`
            found = self._latest(described(id_, file.size, file.digest.hexdigest()))
            unfinished.replace(self._dump(id_))
            write_private(self._facts(id_), found.dump())
        except BaseException:
            for path in (unfinished, self._dump(id_)):
                with contextlib.suppress(OSError):
                    path.unlink()
            raise
        return found

    def _latest(self, new: Snapshot) -> Snapshot:
        """A new one, later than all that there are: a clock may have been set back since."""
        earlier = [one.made_at for one in self.all()[:1]]
        return replace(new, made_at=max([new.made_at, *(at + _MOMENT for at in earlier)]))

    def all(self) -> list[Snapshot]:
        """The snapshots, the newest first; a description that cannot be read is passed over."""
        found = (self.find(path.stem) for path in self._folder.glob("*.json"))
        known = [one for one in found if one is not None]
        return sorted(known, key=lambda one: (one.made_at, one.id), reverse=True)

    def find(self, id_: str | None) -> Snapshot | None:
        """The snapshot of this id; None when it is not there (any more)."""
        if id_ is None or not _ID.fullmatch(id_):
            return None
        try:
            found = Snapshot.load(self._facts(id_).read_text("utf-8"))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if self._dump(id_).is_file() else None

    def of_version(self, version: str) -> Snapshot | None:
        """The newest one that belongs to a version of the project."""
        return next((one for one in self.all() if one.version == version), None)

    @contextlib.contextmanager
    def content(self, snapshot: Snapshot) -> Iterator[IO[bytes]]:
        """Its content, once its checksum was found right.

        Raises `SnapshotDamagedError` when it is not, and OSError.
        """
        with self._dump(snapshot.id).open("rb") as file:
            digest = hashlib.sha256()
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
            if digest.hexdigest() != snapshot.checksum:
                raise SnapshotDamagedError(
                    f"The snapshot {snapshot.id} is damaged: {self._dump(snapshot.id)} is not what "
                    "was written. Nothing was changed. Choose another snapshot (`snapshots list`)."
                )
            file.seek(0)
            yield file

    def belongs(self, snapshot: Snapshot, version: str) -> Snapshot:
        """Write down which version of the project a snapshot belongs to."""
        known = replace(snapshot, version=version)
        write_private(self._facts(snapshot.id), known.dump())
        return known

    def remove(self, id_: str) -> None:
        """Remove a snapshot, if it is there."""
        for path in (self._facts(id_), self._dump(id_)):  # the description first: it counts
            path.unlink(missing_ok=True)

    def make_room(self, needed: Collection[str]) -> list[Snapshot]:
        """Remove the oldest that are not among the `needed`, until the rest is within bounds.

        At most `KEPT_COUNT` and `KEPT_BYTES` are kept, more only where they are needed. Returns
        what was removed.
        """
        kept = self.all()
        removed = []
        for one in reversed(self.all()):
            if len(kept) <= KEPT_COUNT and sum(s.bytes for s in kept) <= KEPT_BYTES:
                break
            if one.id not in needed:
                self.remove(one.id)
                kept.remove(one)
                removed.append(one)
        return removed

    def clear_leftovers(self) -> None:
        """Remove what killed processes left unfinished; nobody may be writing."""
        for path in [*self._folder.glob("*.new"), *self._folder.glob(".*.json.*")]:
            path.unlink(missing_ok=True)
        for path in self._folder.glob("*.dump"):
            if not self._facts(path.stem).exists():
                path.unlink(missing_ok=True)

    # A restoring that counts as done and has not been carried out

    def owe(self, id_: str) -> None:
        """Write down that the database is to become this snapshot, before anybody uses it."""
        make_private_folder(self._folder)
        write_private(self._folder / _OWED, id_)

    @property
    def owed(self) -> str | None:
        """What the database is still to become."""
        try:
            return (self._folder / _OWED).read_text("utf-8")
        except FileNotFoundError:
            return None

    def settle(self) -> None:
        """Write down that the database is what it was to become."""
        (self._folder / _OWED).unlink(missing_ok=True)

    def _dump(self, id_: str) -> Path:
        return self._folder / f"{id_}.dump"

    def _facts(self, id_: str) -> Path:
        return self._folder / f"{id_}.json"


class _Hashed:
    """A new private file that knows the size and the checksum of what was written, synced."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self.digest = hashlib.sha256()
        self.size = 0

    def __enter__(self) -> _Hashed:
        return self

    def write(self, block: bytes) -> int:
        """Write all of it."""
        self.digest.update(block)
        self.size += len(block)
        return self._file.write(block)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with contextlib.suppress(OSError) if kind else contextlib.nullcontext(), self._file:
            if kind is None:
                self._file.flush()
                os.fsync(self._file.fileno())


def made_now() -> datetime:
    """The time for a new snapshot, in UTC."""
    return datetime.now(UTC)

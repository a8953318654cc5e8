"""A project's database in hand: stored, compared, rehearsed on, and put back.

Whoever holds it has seen to it that nobody else does these things with it at the same time.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol

from psycopg import IsolationLevel

from local_engine.runtime.postgres.databases import Connection, Database, beside
from local_engine.runtime.snapshots import rows
from local_engine.runtime.snapshots.comparing import outcome
from local_engine.runtime.snapshots.files import (
    Applied,
    Reason,
    Snapshot,
    SnapshotError,
    SnapshotFiles,
    made_now,
)
from local_engine.runtime.snapshots.rehearsal import Rehearsal
from local_engine.runtime.snapshots.scripts import (
    Script,
    ScriptFailedError,
    applied_to,
    run_down,
    run_up,
)

_THEN, _NOW = "then", "now"
"""Beside the project's database: one made of a snapshot, and a copy of the present one."""


class Server(Protocol):
    """A running PostgreSQL server with a project's database, as `PostgresServer` is one."""

    @property
    def directory(self) -> Path:
        """A private folder for what is needed for a moment."""

    def has_database(self, name: str) -> bool:
        """Whether there is a database of this name."""

    def owner_of(self, name: str) -> str | None:
        """The role that owns a database; None when there is no such database."""

    def create_database(self, name: str) -> Database:
        """The database of this name, made if need be."""

    def connect(self, name: str) -> Connection:
        """A connection to a database as the superuser."""

    def dump_database(self, name: str, into: IO[bytes], *, snapshot: str | None = None) -> None:
        """Write the whole database as one stream, as it is at one moment."""

    def load_database(self, name: str, source: IO[bytes], role: str, *, own: bool) -> None:
        """Make a database of what `dump_database` wrote."""

    def replace_database(self, name: str, by: str) -> None:
        """Let one database take another one's place in one step."""

    def drop_database(self, name: str) -> None:
        """Remove the database, if there is one."""


class HeldDatabase:
    """The database of this name on a running server, and the project's snapshots.

    Methods raise `SnapshotError`, `PostgresError`, OSError or psycopg.Error, and the database is
    then as it was.
    """

    def __init__(self, server: Server, name: str, files: SnapshotFiles) -> None:
        self.name = name
        self.files = files
        self._server = server

    def recover(self) -> None:
        """Remove what killed processes left unfinished, and carry out a restoring that they owe.

        The service may have gone on since, so what is there by now is kept as a snapshot first.
        """
        self.files.clear_leftovers()
        for word in (_THEN, _NOW, "old"):
            self._server.drop_database(beside(self.name, word))
        if self.files.owed is not None and self.has_rows:
            self.store("replaced")
        self.settle()

    def settle(self) -> None:
        """Carry out a restoring that counts as done, if there is one."""
        owed = self.files.owed
        if owed is not None:
            snapshot = self.files.find(owed)
            if snapshot is not None:
                self.restore(snapshot)
            self.files.settle()

    @property
    def exists(self) -> bool:
        """Whether there is a database at all."""
        return self._server.has_database(self.name)

    @property
    def migrations(self) -> tuple[Applied, ...]:
        """The migrations that it has; none where there is no database."""
        if not self.exists:
            return ()
        with self._connection(self.name) as connection:
            return applied_to(connection)

    @property
    def has_rows(self) -> bool:
        """Whether there is any row of the user's in it."""
        if not self.exists:
            return False
        with self._connection(self.name) as connection:
            return rows.has_rows(connection)

    def store(self, reason: Reason) -> Snapshot:
        """Make a snapshot of it. Raises `SnapshotError` when there is no database."""
        if not self.exists:
            raise SnapshotError("The project has no database yet. Run it first.")
        return self._store(self.name, reason)

    def restore(self, snapshot: Snapshot) -> None:
        """Make the database what the snapshot is, in one step; it is made if it is not there.

        All connections are ended. Raises `SnapshotDamagedError` for a file that is not whole.
        """
        role = self._role()
        with self._loaded(_THEN, snapshot, role) as name:
            self._server.replace_database(self.name, name)

    def newer_than(self, snapshot: Snapshot, scripts: Sequence[Script]) -> dict[str, int]:
        """The rows, by table, that are here and not in the snapshot, or there with other values.

        `scripts` are the migrations that are known: the older of the two is brought up to the
        newer one first, on a copy, so that like is compared with like.
        """
        if not self.exists:
            return {}
        role, mine, theirs = self._role(), self.migrations, snapshot.migrations
        with self._loaded(_THEN, snapshot, role) as then:
            onward = _steps(theirs, mine, scripts)
            if onward is not None and self._brought_up(then, onward, role):
                return self._unlike(self.name, then)
            onward = _steps(mine, theirs, scripts)
            if onward is not None:
                with self._copied(role) as now:
                    if self._brought_up(now, onward, role):
                        return self._unlike(now, then)
        with self._loaded(_THEN, snapshot, role) as then:  # they have parted: as they are
            return self._unlike(self.name, then)

    def taken_back(self, scripts: Sequence[Script]) -> tuple[Snapshot, Rehearsal]:
        """A snapshot of what it would be without these migrations, and what would be gone then.

        Raises `SnapshotError` when there is no way back.
        """
        role = self._role()
        with self._copied(role) as now, self._connection(now) as copy:
            before = rows.tables_of(copy)
            copy.commit()
            try:
                run_down(copy, scripts, role)
            except ScriptFailedError as error:
                raise SnapshotError(
                    f"The database cannot be taken back: {error}. There is no snapshot of it from "
                    "before either. Nothing was changed."
                ) from None
            with self._connection(self.name) as here:
                titles = tuple(script.title for script in scripts)
                found = outcome(titles, here, copy, before)
            return self._store(now, "replaced"), found

    def rehearse(self, scripts: Sequence[Script], snapshot: Snapshot | None = None) -> Rehearsal:
        """Run migrations on a copy, and tell what they do to the rows; the original stays.

        The copy is of `snapshot`, which is then known to be good, or of the present moment.
        """
        role = self._role()
        titles = tuple(script.title for script in scripts)
        with (
            self._connection(self.name, IsolationLevel.REPEATABLE_READ) as here,
            self._copied(role, here, snapshot) as now,
            self._connection(now) as copy,
        ):
            before = rows.tables_of(copy)
            copy.commit()
            try:
                run_up(copy, scripts, role)
            except ScriptFailedError as error:
                counts = rows.counts_of(here)
                return Rehearsal(titles, counts, at=error.title, refused=error.message)
            return outcome(titles, here, copy, before)

    def count(self, query: str) -> int | None:
        """The one number that a query gives, which may only read; None where it cannot be run."""
        import psycopg

        with self._connection(self.name) as connection:
            connection.read_only = True
            try:
                row = connection.execute(query.encode()).fetchone()
            except psycopg.Error:
                return None
            return None if row is None else int(row[0])

    def _store(self, name: str, reason: Reason) -> Snapshot:
        owner = self._server.owner_of(name) or self.name
        with self._connection(name, IsolationLevel.REPEATABLE_READ) as connection:
            moment = _moment(connection)
            migrations, counts = applied_to(connection), rows.counts_of(connection)

            def fill(file: IO[bytes]) -> None:
                self._server.dump_database(name, file, snapshot=moment)

            def described(id_: str, size: int, checksum: str) -> Snapshot:
                return Snapshot(id_, made_now(), reason, size, checksum, owner, migrations, counts)

            return self.files.write(fill, described)

    def _role(self) -> str:
        """The role that owns the project's database, which is made if it is not there."""
        return self._server.owner_of(self.name) or self._server.create_database(self.name).role

    @contextlib.contextmanager
    def _loaded(self, word: str, snapshot: Snapshot, role: str) -> Iterator[str]:
        """A database made of a snapshot, gone afterwards unless it took another one's place."""
        name = beside(self.name, word)
        with self.files.content(snapshot) as file:
            self._server.load_database(name, file, role, own=snapshot.owner != role)
        try:
            yield name
        finally:
            self._server.drop_database(name)

    @contextlib.contextmanager
    def _copied(
        self, role: str, here: Connection | None = None, snapshot: Snapshot | None = None
    ) -> Iterator[str]:
        """A copy of the database, or of a snapshot of it; the original's connections stay."""
        if snapshot is not None:
            with self._loaded(_NOW, snapshot, role) as name:
                yield name
            return
        name = beside(self.name, _NOW)
        moment = None if here is None else _moment(here)
        with tempfile.TemporaryFile(dir=self._server.directory) as file:
            self._server.dump_database(self.name, file, snapshot=moment)
            file.seek(0)
            self._server.load_database(name, file, role, own=False)
        try:
            yield name
        finally:
            self._server.drop_database(name)

    @contextlib.contextmanager
    def _connection(
        self, name: str, isolation: IsolationLevel | None = None
    ) -> Iterator[Connection]:
        with contextlib.closing(self._server.connect(name)) as connection:
            connection.isolation_level = isolation
            yield connection

    def _brought_up(self, name: str, scripts: Sequence[Script], role: str) -> bool:
        with self._connection(name) as connection:
            try:
                run_up(connection, scripts, role)
            except ScriptFailedError:
                return False
        return True

    def _unlike(self, here_name: str, there_name: str) -> dict[str, int]:
        with self._connection(here_name) as here, self._connection(there_name) as there:
            mine, theirs = rows.tables_of(here), rows.tables_of(there)
            pairs = rows.same_names(mine, theirs)
            found = rows.differences(here, there, pairs)
            counts = {name: one.count for name, one in found.items()}
            counts |= {name: rows.count(here, name) for name in mine if name not in counts}
        return {name: number for name, number in sorted(counts.items()) if number}


def _moment(connection: Connection) -> str:
    """What this connection sees, for `pg_dump` to see the same."""
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    assert row is not None
    return str(row[0])


def _steps(
    fewer: Sequence[Applied], more: Sequence[Applied], scripts: Sequence[Script]
) -> list[Script] | None:
    """The scripts that lead from one state to the other; None where none do."""
    if list(more[: len(fewer)]) != list(fewer):
        return None
    known = {script.applied: script for script in scripts}
    wanted = more[len(fewer) :]
    return [known[one] for one in wanted] if all(one in known for one in wanted) else None

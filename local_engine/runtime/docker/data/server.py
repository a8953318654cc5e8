"""PostgreSQL in a container, as the keeper of snapshots wants a server.

Rows are looked at over a door to the database (see `door`); dumps go through the engine's socket,
written and read by the container's own programs, so both are of the server's version.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import psycopg

from local_engine.runtime.docker.executing import stream
from local_engine.runtime.docker.specs import SUPERUSER, USER
from local_engine.runtime.postgres import PostgresError, databases
from local_engine.runtime.postgres.archives import DUMP, RESTORE
from local_engine.runtime.postgres.databases import Connection, Database

if TYPE_CHECKING:
    from docker import APIClient

_STRATEGY = "WAL_LOG"
_CONNECT_SECONDS = 10
_LINES_SHOWN = 5


class ContainerServer:
    """The server in a container, whose door is open. `directory` is a private folder."""

    def __init__(
        self, client: APIClient, container: str, port: int, password: str, directory: Path
    ) -> None:
        self.directory = directory
        self._client = client
        self._container = container
        self._url = databases.url(SUPERUSER, password, port, "postgres")

    def has_database(self, name: str) -> bool:
        """Whether there is a database of this name."""
        return self.owner_of(name) is not None

    def owner_of(self, name: str) -> str | None:
        """The role that owns a database; None when there is no such database."""
        with self._superuser() as connection:
            return databases.owner_of(connection, name)

    def create_database(self, name: str) -> Database:
        """The database of this name, made if need be, for the role of the service."""
        with self._superuser() as connection:
            databases.one_at_a_time(connection, name)
            if databases.owner_of(connection, name) is None:
                databases.create(connection, name, USER, strategy=_STRATEGY)
            databases.open_to_owner(connection, name)
        return Database(name, USER, "")

    def connect(self, name: str) -> Connection:
        """A connection to a database as the superuser."""
        return psycopg.connect(self._url, dbname=name, connect_timeout=_CONNECT_SECONDS)

    def dump_database(self, name: str, into: IO[bytes], *, snapshot: str | None = None) -> None:
        """Write the whole database as one stream, as it is at one moment."""
        options = [] if snapshot is None else [f"--snapshot={snapshot}"]
        self._run([*DUMP, *options, f"--dbname={name}"], "written", into=into)

    def load_database(self, name: str, source: IO[bytes], role: str, *, own: bool) -> None:
        """Make a database of what `dump_database` wrote, in place of an earlier one."""
        with self._superuser() as connection:
            databases.one_at_a_time(connection, name)
            databases.drop(connection, name)
            databases.create(connection, name, role, strategy=_STRATEGY)
            databases.open_to_owner(connection, name)
            options = ["--no-owner", "--no-privileges", f"--role={role}"] if own else []
            try:
                self._run([*RESTORE, *options, f"--dbname={name}"], "read", source=source)
            except BaseException:
                databases.drop(connection, name)
                raise

    def replace_database(self, name: str, by: str) -> None:
        """Let one database take another one's place in one step."""
        with self._superuser() as connection:
            databases.one_at_a_time(connection, name)
            databases.replace(connection, name, by)

    def drop_database(self, name: str) -> None:
        """Remove the database, if there is one; the roles stay."""
        with self._superuser() as connection:
            databases.one_at_a_time(connection, name)
            databases.drop(connection, name)

    def _run(
        self,
        command: Sequence[str],
        done: str,
        *,
        source: IO[bytes] | None = None,
        into: IO[bytes] | None = None,
    ) -> None:
        words = [*command, "--no-password", f"--username={SUPERUSER}"]
        code, complaints = stream(self._client, self._container, words, source, into)
        if code:
            lines = complaints.splitlines()[-_LINES_SHOWN:]
            raise PostgresError(f"The database could not be {done}: " + "\n  ".join(lines))

    @contextlib.contextmanager
    def _superuser(self) -> Iterator[Connection]:
        with contextlib.closing(
            psycopg.connect(self._url, autocommit=True, connect_timeout=_CONNECT_SECONDS)
        ) as connection:
            yield connection

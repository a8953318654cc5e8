"""A PostgreSQL server of our own in a private folder: start, stop, databases."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psutil
import psycopg

from local_engine.runtime.file_lock import file_lock
from local_engine.runtime.ports import LOOPBACK, free_port, is_free
from local_engine.runtime.postgres import archives, databases, process
from local_engine.runtime.postgres.account import account_for
from local_engine.runtime.postgres.binaries import BinariesMissingError, program
from local_engine.runtime.postgres.cluster import SUPERUSER, Cluster, ClusterError
from local_engine.runtime.postgres.contents import Contents, read_contents, restore_contents
from local_engine.runtime.postgres.databases import Connection, Database
from local_engine.runtime.private_files import make_private_folder, write_private

START_TIMEOUT_SECONDS = 60.0  # recovery after a crash may take a while
_ATTEMPTS = 5
_LOG_LIMIT_BYTES = 2 * 1024 * 1024
_LOG_LINES_SHOWN = 15
_SOCKET_PATH_LIMIT = 100  # bytes; the operating systems' limit is 104 to 108

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "max_connections": "200",
    "shared_buffers": "32MB",
    "huge_pages": "off",
    "io_method": "sync",  # no helper processes: previews are small
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "cluster_name": "backend-generator",
}
# For data that may be lost with the machine: tests and verification.
_FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class PostgresError(Exception):
    """The server could not do what was asked; the message says what to do about it."""


class PostgresServer:
    """One server in one private folder, shared by all processes that name the same folder.

    It listens on 127.0.0.1 on a port that it keeps from one start to the next when it can, and
    goes on running when the process that started it ends. With `durable=False` it writes without
    waiting for the disk: fast, and lost if the machine (not the server) crashes.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory.absolute()
        self.durable = durable
        self._cluster = Cluster(self.directory)

    @property
    def running(self) -> bool:
        """Whether the server's process lives."""
        return process.running_process(self._cluster.data) is not None

    @property
    def port(self) -> int:
        """The port on 127.0.0.1, now or at the next start. Raises `PostgresError` before the first.

        The next start takes another one if somebody else listens on it by then.
        """
        port = process.listening_port(self._cluster.data) or self._remembered_port()
        if port is None:
            raise PostgresError("The database server was never started, so it has no port yet.")
        return port

    @property
    def superuser_url(self) -> str:
        """A connection string for the superuser and the database `postgres`: a secret."""
        password = self._cluster.superuser_password
        return databases.url(SUPERUSER, password, self.port, "postgres")

    def start(self) -> None:
        """Start the server unless it runs; the first time, make its files (0.4 s).

        Safe to call from several processes at once. Raises `PostgresError`.
        """
        with self._locked():
            if not self.running:
                self._start()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server, ending its connections, unless it is stopped already.

        `at_once` skips the orderly end: the next start recovers what was committed.
        """
        if not self.directory.exists():
            return
        with self._locked():
            server = process.running_process(self._cluster.data)
            if server is not None:
                process.end(server, at_once=at_once)

    def remove(self) -> None:
        """Stop the server and delete all its files, data included."""
        self.stop(at_once=True)
        self._cluster.remove()

    def create_database(self, name: str) -> Database:
        """The database of this name, made if need be, with a role of the same name as its owner.

        The role may do nothing outside of it, and no other role may connect. Raises `ValueError`
        for a name that is not made of small letters, digits and underscores.
        """
        databases.check_name(name)
        with self._superuser_connection() as connection:
            databases.one_at_a_time(connection, name)
            role = databases.owner_of(connection, name)
            databases.ensure_role(
                connection, role or name, self._cluster.role_password(role or name)
            )
            if role is None:
                databases.create(connection, name, name, strategy=self._strategy)
            databases.open_to_owner(connection, name)
            return self._database(name, role or name)

    def drop_database(self, name: str) -> None:
        """Remove the database, if there is one, and its role unless that owns another one."""
        databases.check_name(name)
        with self._superuser_connection() as connection:
            databases.one_at_a_time(connection, name)
            role = databases.owner_of(connection, name)
            databases.drop(connection, name)
            if role is not None and databases.drop_role_without_database(connection, role):
                self._cluster.forget_role(role)

    def recreate_database(self, name: str) -> None:
        """Make the database empty, as it was made first; its owner and address stay.

        All connections to it are ended. Raises `LookupError` when there is no such database.
        """
        with self._superuser_connection() as connection:
            databases.one_at_a_time(connection, name)
            role = databases.owner_of(connection, name)
            if role is None:
                raise LookupError(f"There is no database {name!r} to make anew.")
            databases.drop(connection, name)
            databases.create(connection, name, role, strategy=self._strategy)
            databases.open_to_owner(connection, name)

    def copy_database(self, source: str, target: str) -> Database:
        """Make `target` a copy of `source`, in place of what it was; the owner is the source's.

        All connections to both are ended. Raises `LookupError` when there is no such source.
        """
        databases.check_name(target)
        with self._superuser_connection() as connection:
            databases.one_at_a_time(connection, source, target)
            role = databases.copy(connection, source, target, strategy=self._strategy)
            return self._database(target, role)

    def dump_database(self, name: str, into: IO[bytes], *, snapshot: str | None = None) -> None:
        """Write the whole database as one stream, as it is at one moment.

        `snapshot` is what `pg_export_snapshot` gave a transaction that is open. Raises
        `PostgresError`, and what `into` raises.
        """
        with _archive_errors():
            archives.dump(self._address(databases.check_name(name)), into, snapshot=snapshot)

    def load_database(self, name: str, source: IO[bytes], role: str, *, own: bool) -> None:
        """Make a database of what `dump_database` wrote, in place of an earlier one of that name.

        Its owner is `role`. With `own` that owns all in it, otherwise each thing belongs to whom
        it belonged to. Raises `PostgresError`, and then there is no such database.
        """
        with self._superuser_connection() as connection:
            databases.one_at_a_time(connection, name)
            databases.drop(connection, databases.check_name(name))
            databases.create(connection, name, role, strategy=self._strategy)
            databases.open_to_owner(connection, name)
            try:
                with _archive_errors():
                    archives.load(self._address(name), source, owner=role if own else None)
            except BaseException:
                databases.drop(connection, name)
                raise

    def replace_database(self, name: str, by: str) -> None:
        """Let one database take another one's place in one step; that one is gone afterwards.

        However this process or the server ends, `name` is either of the two, whole.
        """
        with self._superuser_connection() as connection:
            databases.one_at_a_time(connection, name)
            databases.replace(connection, name, by)

    def connect(self, name: str) -> Connection:
        """A connection to a database as the superuser, whom no policy keeps from any row."""
        return psycopg.connect(
            self.superuser_url, dbname=databases.check_name(name), connect_timeout=10
        )

    def read_contents(self, name: str) -> Contents | None:
        """All rows of the database; None when it holds more than rows (see `contents`)."""
        with self._superuser_connection(databases.check_name(name)) as connection:
            return read_contents(connection)

    def restore_contents(self, name: str, contents: Contents) -> bool:
        """Give the database the rows it had; open connections stay.

        Returns False, with nothing changed, when only a copy would do (see `contents`).
        """
        with self._superuser_connection(databases.check_name(name)) as connection:
            owner = databases.owner_of(connection, name)
            return owner is not None and restore_contents(connection, owner, contents)

    def has_database(self, name: str) -> bool:
        """Whether there is a database of this name; the server must be running."""
        return self.owner_of(name) is not None

    def owner_of(self, name: str) -> str | None:
        """The role that owns a database; None when there is no such database."""
        with self._superuser_connection() as connection:
            return databases.owner_of(connection, name)

    @property
    def _strategy(self) -> str:
        # Copying files asks for two checkpoints: cheap only where nobody waits for the disk.
        return "WAL_LOG" if self.durable else "FILE_COPY"

    def _database(self, name: str, role: str) -> Database:
        password = self._cluster.role_password(role)
        return Database(name, role, databases.url(role, password, self.port, name))

    def _address(self, name: str) -> dict[str, str]:
        return {
            "PGHOST": LOOPBACK,
            "PGPORT": str(self.port),
            "PGUSER": SUPERUSER,
            "PGPASSWORD": self._cluster.superuser_password,
            "PGDATABASE": name,
        }

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        make_private_folder(self.directory)
        with file_lock(self._cluster.lock, timeout_seconds=2 * START_TIMEOUT_SECONDS):
            yield

    @contextlib.contextmanager
    def _superuser_connection(self, database: str = "postgres") -> Iterator[Connection]:
        if not self.running:
            raise PostgresError("The database server is not running. Start it first.")
        with contextlib.closing(
            psycopg.connect(
                self.superuser_url, dbname=database, autocommit=True, connect_timeout=10
            )
        ) as connection:
            yield connection

    def _start(self) -> None:
        data = self._cluster.data
        account = account_for(data)
        try:
            self._cluster.initialise(account, durable=self.durable)
            server = program("postgres", account)
        except (ClusterError, BinariesMissingError, OSError) as error:
            raise PostgresError(str(error)) from error
        data = self._cluster.data
        process.end_leftovers(data)
        self._shorten_log()
        for _ in range(_ATTEMPTS):
            port = self._choose_port()
            log_size = self._cluster.log.stat().st_size if self._cluster.log.exists() else 0
            command = [str(server), "-D", str(data), *self._settings(port)]
            child = process.launch(command, account, self._cluster.log, data)
            try:
                ready = process.wait_until_ready(child, data, START_TIMEOUT_SECONDS)
            except BaseException:  # interrupted: nobody would find it before it is ready
                process.end(psutil.Process(child.pid), at_once=True)
                raise
            if ready:
                write_private(self._cluster.port, f"{port}\n")
                return
            said = self._log_after(log_size)
            if ready is None:
                child.kill()
                raise PostgresError(self._failure("did not start in time", said))
            if "could not bind" not in said and "pre-existing shared memory" not in said:
                raise PostgresError(self._failure("ended while starting", said))
            self._cluster.port.unlink(missing_ok=True)
            time.sleep(0.05)
        raise PostgresError(self._failure("found no free port", said))

    def _settings(self, port: int) -> list[str]:
        socket_folder = str(self._cluster.data.parent)
        if len(f"{socket_folder}/.s.PGSQL.{port}.lock".encode()) > _SOCKET_PATH_LIMIT:
            socket_folder = ""
        chosen = {**_SETTINGS, "port": str(port), "unix_socket_directories": socket_folder}
        if not self.durable:
            chosen |= _FORGETFUL
        return [argument for k, v in chosen.items() for argument in ("-c", f"{k}={v}")]

    def _choose_port(self) -> int:
        remembered = self._remembered_port()
        return remembered if remembered and is_free(remembered) else free_port()

    def _remembered_port(self) -> int | None:
        try:
            return int(self._cluster.port.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    def _shorten_log(self) -> None:
        log = self._cluster.log
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))

    def _log_after(self, position: int) -> str:
        with self._cluster.log.open("rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace")

    def _failure(self, what: str, said: str) -> str:
        lines = "\n".join(f"  {line}" for line in said.splitlines()[-_LOG_LINES_SHOWN:])
        return (
            f"The database server in {self.directory} {what}. Its last words:\n{lines}\n"
            f"The whole log: {self._cluster.log}"
        )


@contextlib.contextmanager
def _archive_errors() -> Iterator[None]:
    """What PostgreSQL's programs refuse, in one kind of error."""
    try:
        yield
    except (archives.ArchiveError, BinariesMissingError) as error:
        raise PostgresError(str(error)) from None

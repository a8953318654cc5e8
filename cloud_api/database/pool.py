"""The database: a pool of connections, one-statement reads, and transactions that settle races.

Safe behind a pooler that hands out a connection for each transaction (pgbouncer): no statement is
prepared, no parameter is sent at connecting, and nothing is set for longer than a transaction.

Reads run in autocommit mode: one statement is one consistent snapshot and costs one round trip.
Writes run in a function that is given a connection; it is committed before the answer leaves, and
run again when PostgreSQL asks for that (serialization failure, deadlock). A connection that died
while it lay in the pool costs a client nothing as long as nothing can have been done twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Self, TypeVar

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from cloud_api.config.settings import Settings
from cloud_api.web.problems import unavailable
from cloud_api.web.tracing import Tracing

Row = dict[str, Any]
Connection = psycopg.AsyncConnection[Row]
Parameters = Mapping[str, Any]
T = TypeVar("T")

ATTEMPTS = 4
"""How often a transaction is tried when PostgreSQL asks for a repetition."""

_FIRST_PAUSE_SECONDS = 0.02
_LOCK_SECONDS = 5
_IDLE_SECONDS = 30


def connection_options(name: str) -> dict[str, Any]:
    """What every connection of the service is made with; see the module's description."""
    return {
        "autocommit": True,
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "application_name": name,
        "prepare_threshold": None,
        "row_factory": dict_row,
    }


class Database:
    """The service's access to PostgreSQL. Open it before use; `async with` does both ends."""

    def __init__(self, settings: Settings, tracing: Tracing | None = None) -> None:
        traced = {} if tracing is None else {"cursor_factory": tracing.cursor_class()}
        self._wait = settings.platform_db_wait_seconds
        self._statement_seconds = settings.platform_db_statement_seconds
        self._begin = (
            f"BEGIN; SET LOCAL statement_timeout = '{int(self._statement_seconds * 1000)}ms'; "
            f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'; "
            f"SET LOCAL idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'"
        )
        self.pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            settings.platform_database_url.get_secret_value(),
            min_size=min(settings.platform_db_pool_min, settings.platform_db_pool_max),
            max_size=settings.platform_db_pool_max,
            timeout=self._wait,
            reconnect_timeout=5.0,
            open=False,
            kwargs=connection_options("backend-generator cloud") | traced,
        )

    async def __aenter__(self) -> Self:
        await self.pool.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.pool.close(timeout=2.0)

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection in autocommit mode. Raises a 503 problem when none is free in time."""
        try:
            async with self.pool.connection(self._wait) as connection:
                yield connection
        except PoolTimeout:
            raise unavailable("The database does not answer. Try again shortly.") from None

    async def fetch_one(self, sql: str, parameters: Parameters) -> Row | None:
        """The first row of one reading statement, or None."""
        return await self._read(lambda c: fetch_one(c, sql, parameters))

    async def fetch_all(self, sql: str, parameters: Parameters) -> list[Row]:
        """All rows of one reading statement."""
        return await self._read(lambda c: fetch_all(c, sql, parameters))

    async def _read(self, read: Callable[[Connection], Awaitable[T]]) -> T:
        """Run a reading statement; once more on a fresh connection if the pooled one was dead."""
        async with self.connection() as connection:
            try:
                async with self._patience():
                    return await read(connection)
            except psycopg.OperationalError:
                if not connection.broken:
                    raise
        await self.pool.check()
        async with self.connection() as connection, self._patience():
            return await read(connection)

    @contextlib.asynccontextmanager
    async def _patience(self) -> AsyncIterator[None]:
        """Cancels a statement that takes too long: outside a transaction nothing can be set."""
        try:
            async with asyncio.timeout(self._statement_seconds):
                yield
        except TimeoutError:
            raise unavailable("The database takes too long. Try again shortly.") from None

    async def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `work` in a transaction and return its result after the commit.

        `work` may run several times, so it must touch nothing but the connection. Whatever it
        raises rolls everything back. Raises a 503 problem when the transaction still collides
        with others after `ATTEMPTS` tries, or when the connection broke during the commit.
        """
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                return await self._run_once(work)
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):
                if last:
                    break
                await asyncio.sleep(_FIRST_PAUSE_SECONDS * 2**attempt * random.random())  # noqa: S311
            except _ConnectionLost as lost:
                if last:
                    raise lost.error from None
                await self.pool.check()
        raise unavailable("Too many changes of the same rows at once. Try again.")

    async def _run_once(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """One try: begin, work, commit. `_ConnectionLost` says that surely nothing was done."""
        async with self.connection() as connection:
            try:
                await connection.execute(self._begin)
                result = await work(connection)
            except psycopg.OperationalError as error:
                # The commit was never sent, so the server has rolled back: safe to repeat.
                if connection.broken:
                    raise _ConnectionLost(error) from error
                await _roll_back(connection)
                raise
            except BaseException:
                await _roll_back(connection)
                raise
            try:
                await connection.execute("COMMIT")
            except psycopg.OperationalError as error:
                if connection.broken:
                    raise unavailable(
                        "The connection to the database broke while saving: the change may or may "
                        "not have been made. Read before you repeat it."
                    ) from error
                raise
            return result


class _ConnectionLost(Exception):
    """The connection died before the commit was sent."""

    def __init__(self, error: psycopg.OperationalError) -> None:
        super().__init__(str(error))
        self.error = error


async def _roll_back(connection: Connection) -> None:
    """Leave the transaction; a connection that cannot is discarded by the pool."""
    with contextlib.suppress(psycopg.Error):
        await connection.execute("ROLLBACK")


async def fetch_one(connection: Connection, sql: str, parameters: Parameters) -> Row | None:
    """The first row of a statement on this connection, or None."""
    cursor = await connection.execute(sql, parameters)
    return await cursor.fetchone()


async def fetch_row(connection: Connection, sql: str, parameters: Parameters) -> Row:
    """The row of a statement that always gives one, such as INSERT ... RETURNING."""
    row = await fetch_one(connection, sql, parameters)
    if row is None:
        raise LookupError("a statement that always gives a row gave none")
    return row


async def fetch_all(connection: Connection, sql: str, parameters: Parameters) -> list[Row]:
    """All rows of a statement on this connection."""
    cursor = await connection.execute(sql, parameters)
    return await cursor.fetchall()


async def execute(connection: Connection, sql: str, parameters: Parameters) -> int:
    """Run a statement on this connection; returns the number of rows it touched."""
    cursor = await connection.execute(sql, parameters)
    return cursor.rowcount

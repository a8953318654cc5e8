"""Two writers at once, in an order that the test forces: one holds its locks, the other waits."""

from __future__ import annotations

import threading
import time
from typing import Any

import psycopg
from database_catalog import Connection

PATIENCE_SECONDS = 10.0


class Waiting:
    """A statement that runs in a connection of its own, in a thread."""

    def __init__(self, url: str, statement: str, *parameters: Any) -> None:
        self._connection: Connection = psycopg.connect(url)
        self._pid = self._connection.info.backend_pid
        self._error: psycopg.Error | None = None
        self._thread = threading.Thread(target=self._run, args=(statement, parameters))
        self._thread.start()

    def _run(self, statement: str, parameters: tuple[Any, ...]) -> None:
        try:
            with self._connection:
                self._connection.execute(statement.encode(), parameters)
        except psycopg.Error as error:
            self._error = error

    def is_blocked(self, observer: Connection) -> bool:
        """Whether it comes to wait for a lock; False if it ends instead."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            if not self._thread.is_alive():
                return False
            row = observer.execute(
                "SELECT cardinality(pg_blocking_pids(%s)) > 0", (self._pid,)
            ).fetchone()
            if row is not None and row[0]:
                return True
            time.sleep(0.01)
        raise AssertionError("the statement neither ends nor waits for a lock")

    def outcome(self) -> str:
        """`done`, or the constraint (or the error) that it ended with."""
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive(), "the statement never ends"
        if self._error is None:
            return "done"
        return self._error.diag.constraint_name or type(self._error).__name__

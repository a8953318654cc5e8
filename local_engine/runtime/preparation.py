"""What a verification needs of this machine, made while its caller still plans and imports."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from local_engine.runtime.guarding.forking import ForkServer, forking

if TYPE_CHECKING:
    from local_engine.runtime.postgres import PostgresServer

COPIES = 2 if sys.platform == "linux" else 1
"""How many copies of a project a verification runs: a second one needs a fork."""


class Preparation:
    """A fork server that imports, and database servers that start, from the moment it is made."""

    def __init__(
        self, forks: ForkServer | None, servers: list[_ServerAhead], pool: ThreadPoolExecutor
    ) -> None:
        self.forks = forks
        self._servers = servers
        self._pool = pool

    def load(self, project: Path) -> None:
        """Have this project's modules imported, too. Its files are to stay as they are now."""
        if self.forks is not None:
            self.forks.first.prepare(project.resolve())

    def servers(self) -> list[PostgresServer]:
        """The running servers, each with an empty database; no thread works on them any more.

        Raises `PostgresError`.
        """
        self._pool.shutdown()
        return [one.result() for one in self._servers]


class _ServerAhead:
    """One server, started by a thread; used and stopped by its owner."""

    def __init__(self, pool: ThreadPoolExecutor, forks: ForkServer | None) -> None:
        self._forks = forks
        self._started: Future[PostgresServer] = pool.submit(self._start)
        self._used = False
        self._running: AbstractContextManager[PostgresServer] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._started.exception() is not None or self._running is None:
            return
        if self._used:
            self._running.__exit__(kind, error, traceback)
        else:  # whatever went wrong, nothing of it is in there
            self._running.__exit__(None, None, None)

    def result(self) -> PostgresServer:
        self._used = True
        return self._started.result()

    def _start(self) -> PostgresServer:
        if self._forks is not None:  # two cores are enough for its imports and the caller's work
            self._forks.second.wait_until_ready()
        # Imported aside, too: it takes longer than all else that its caller has to import first.
        from local_engine.runtime.preview.verification import verification_server

        self._running = verification_server()
        return self._running.__enter__()


@contextlib.contextmanager
def preparing() -> Iterator[Preparation]:
    """A preparation for the verification that is to come; what it began ends with this."""
    with (
        forking() as forks,
        ThreadPoolExecutor(COPIES, thread_name_prefix="prepare") as pool,
        contextlib.ExitStack() as held,
    ):
        servers = [held.enter_context(_ServerAhead(pool, forks)) for _ in range(COPIES)]
        yield Preparation(forks, servers, pool)

"""A command's own work as jobs in the engine's table, with or without an engine that runs.

The table is shared, not handed over: a command works the same whether an engine runs or not, in the
folder, the environment and the terminal of whoever called it. What must not happen at once is kept
apart by the locks that all use: those of projects, previews and databases.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from local_engine.jobs.candidates import Candidates
from local_engine.jobs.events import (
    Cancelled,
    Event,
    Failed,
    Interrupted,
    Queued,
    Started,
    Succeeded,
    is_last,
)
from local_engine.jobs.feed import Feed
from local_engine.jobs.files import Exports
from local_engine.jobs.kind import JobRequest, JobResult, Place
from local_engine.jobs.model import Job, JobStatus, project_of
from local_engine.jobs.reports import Reports
from local_engine.jobs.run import JobFailed, Run, Stoppable
from local_engine.jobs.runners import Runner, is_alive
from local_engine.jobs.store import JobStore

KILLED = "the command ended without warning"
_LOOK_SECONDS = 0.25


class Ledger:
    """The table of jobs, as a command uses it for what it does itself."""

    def __init__(self, home: Path) -> None:
        """Jobs of commands that were killed are marked so. Raises `OSError`, `TooNew`."""
        self.home = home
        self._store = JobStore(home / "jobs.sqlite3", examined=False)
        self.feed = Feed(self._store)
        self._runner = Runner(home)
        interrupt_orphans(self._store, self.feed, home)

    def close(self) -> None:
        """Carry out nothing more; old jobs beyond what is kept go."""
        with contextlib.suppress(sqlite3.Error):
            for job in self._store.prune():
                Reports(self.home).remove(job)
                Candidates(self.home).remove(job)
                Exports(self.home).remove(job)
        self._store.close()
        self._runner.end()

    def begin(self, request: JobRequest) -> Job:
        """A job that runs from now on."""
        job = Job(
            id=uuid.uuid4().hex,
            kind=request.kind,
            project=project_of(request),
            request=request.model_dump(mode="json"),
            status=JobStatus.QUEUED,
            created_at=datetime.now(UTC),
            runner=self._runner.id,
            started_by="command",
        )
        self.feed.add(job, Queued())
        self.feed.tell(job.id, Started())
        return job

    def is_busy(self, project: str) -> bool:
        """Whether a job of the project waits or runs, whoever carries it out."""
        return project in self._store.busy_projects()

    def is_called_off(self, job: str) -> bool:
        """Whether somebody, such as the window's user, asked to end this job."""
        return self._store.is_called_off(job)


class OwnJob:
    """A job while this process does it; `finish` says what came of it."""

    def __init__(self, ledger: Ledger | None, request: JobRequest, folder: Path) -> None:
        self._ledger = ledger
        self._result: JobResult | None = None
        self._ended = False
        self._job: Job | None = None
        if ledger is not None:
            with contextlib.suppress(sqlite3.Error):  # such as a full disk
                self._job = ledger.begin(request)
        home = ledger.home if ledger is not None else Path()
        self.place = Place(self._job.id if self._job else "", home, folder)

    @property
    def is_stored(self) -> bool:
        """Whether others see this job."""
        return self._job is not None

    def finish(self, result: JobResult) -> None:
        """Say what came of it."""
        self._result = result

    def tell(self, event: Event) -> None:
        """Store an event. The work goes on when that is not possible any more."""
        if self._ledger is None or self._job is None or self._ended:
            return
        self._ended = is_last(event)
        plain = self._result.model_dump(mode="json") if self._result is not None else None
        result = plain if isinstance(event, Succeeded) else None
        with contextlib.suppress(sqlite3.Error):
            self._ledger.feed.tell(self._job.id, event, result=result)

    @property
    def is_called_off(self) -> bool:
        """Whether somebody asked to end it."""
        if self._ledger is None or self._job is None:
            return False
        with contextlib.suppress(sqlite3.Error):
            return self._ledger.is_called_off(self._job.id)
        return False


@contextlib.contextmanager
def own_job(
    ledger: Ledger | None,
    request: JobRequest,
    folder: Path,
    *,
    subscriber: Callable[[Event], None],
    call_off: Callable[[], None],
    reason: Callable[[], str | None],
) -> Iterator[tuple[Run, OwnJob]]:
    """The block does a job, which others see and may call off. Without a ledger nobody does.

    `subscriber` hears every event. `call_off` is called, from another thread, when somebody asks
    to end the job: it has to raise KeyboardInterrupt in this one. `reason` then says why the block
    was interrupted, None if a person wanted it so.
    """
    own = OwnJob(ledger, request, folder)

    def tell(event: Event) -> None:
        own.tell(event)
        subscriber(event)

    with _watching(own, call_off):
        try:
            yield Run(tell, _keep_nothing), own
        except KeyboardInterrupt:
            why = reason()
            own.tell(Cancelled() if why is None else Interrupted(reason=why))
            raise
        except JobFailed as failure:
            own.tell(failure.as_event())
            raise
        except BaseException as failure:
            detail = f"{type(failure).__name__}: {failure}"
            own.tell(Failed(code="command-failed", detail=detail))
            raise
    own.tell(Succeeded())


@contextlib.contextmanager
def _watching(own: OwnJob, call_off: Callable[[], None]) -> Iterator[None]:
    """Look every now and then whether somebody called the job off."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(_LOOK_SECONDS):
            if own.is_called_off:
                if not done.is_set():
                    call_off()
                return

    watcher = threading.Thread(target=look, daemon=True)
    if own.is_stored:
        watcher.start()
    try:
        yield
    finally:
        done.set()


def interrupt_orphans(store: JobStore, feed: Feed, home: Path) -> list[Job]:
    """Mark the jobs of processes that are gone as interrupted; gives them."""
    gone = [job for job in store.unfinished() if not is_alive(home, job.runner)]
    for job in gone:
        feed.tell(job.id, Interrupted(reason=KILLED.replace("command", job.started_by)))
    return gone


def _keep_nothing(_what: Stoppable) -> None:
    raise RuntimeError("a command leaves things running by other means")

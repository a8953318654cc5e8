"""The jobs of one engine: started, queued, run, called off, remembered."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.jobs.candidates import Candidates
from local_engine.jobs.events import Cancelled, Interrupted, Queued
from local_engine.jobs.execution import Execution
from local_engine.jobs.feed import Feed
from local_engine.jobs.files import Exports, Uploads
from local_engine.jobs.kind import JobRequest, Kind, Place
from local_engine.jobs.kinds.all_kinds import KINDS
from local_engine.jobs.ledger import interrupt_orphans
from local_engine.jobs.model import Job, JobStatus, project_of
from local_engine.jobs.reports import Reports
from local_engine.jobs.run import Stoppable
from local_engine.jobs.runners import Runner
from local_engine.jobs.store import JobStore

if TYPE_CHECKING:
    from local_engine.jobs.designs import CloudOf

MAX_QUEUED = 200
MAX_QUEUED_OF_ONE = 20  # so that no project keeps the others from queueing
HEAVY_AT_ONCE = max(2, min(4, (os.cpu_count() or 2) // 2))
LIGHT_AT_ONCE = 4
_LOOK_SECONDS = 1.0
_log = logging.getLogger(__name__)


class NoSuchJob(LookupError):
    """There is no job with this id."""


class NotNow(Exception):
    """No job can be started: the engine is ending."""


class TooMany(Exception):
    """No job can be started before others have ended or were called off."""


class Jobs:
    """All jobs. One a project at a time, several projects at once, the others in a queue.

    The queue is bounded, and so is each project's part of it; jobs of no project share one part.

    `home` is the engine's folder, `folder_of` gives the folder of a project by its id and raises
    what it likes for one that there is not, `secret_of` the value of a secret, `cloud` the user's
    account. Jobs whose engine or command was killed are interrupted; those that a command is doing
    are seen, and can be called off, like all others.
    """

    def __init__(
        self,
        home: Path,
        folder_of: Callable[[str], Path],
        kinds: Mapping[str, Kind[Any]] = KINDS,
        secret_of: Callable[[str], str | None] = lambda _: None,
        cloud: CloudOf | None = None,
    ) -> None:
        self._home = home
        self._secret_of = secret_of
        self._cloud = cloud
        self._kinds = kinds
        self._folder_of = folder_of
        self._store = JobStore(home / "jobs.sqlite3")
        if self._store.damaged:
            _log.error("the table of jobs was damaged; it is kept as %s", self._store.damaged)
        self.feed = Feed(self._store)
        self.reports = Reports(home)
        self.candidates = Candidates(home)
        self.uploads = Uploads(home)
        self.exports = Exports(home)
        self._lock = threading.Lock()
        self._waiting: list[tuple[Job, JobRequest]] = []
        self._running: dict[str, Execution] = {}
        self._kept: list[Stoppable] = []
        self._closing: str | None = None
        self.runner = Runner(home)
        interrupt_orphans(self._store, self.feed, home)
        self._prune()
        self._ended = threading.Event()
        threading.Thread(target=self._watch_others, daemon=True, name="jobs-of-others").start()

    def start(self, request: JobRequest, *, repeats: str | None = None) -> Job:
        """Put a job into the queue. Raises `NotNow`, `TooMany`, and what `folder_of` raises."""
        project = project_of(request)
        if project is not None:
            self._folder_of(project)
        job = Job(
            id=uuid.uuid4().hex,
            kind=request.kind,
            project=project,
            request=request.model_dump(mode="json"),
            status=JobStatus.QUEUED,
            created_at=datetime.now(UTC),
            repeats=repeats,
            runner=self.runner.id,
        )
        with self._lock:
            self._require_room(project)
            self.feed.add(job, Queued())
            self._waiting.append((job, request))
        self._dispatch()
        return job

    def require_room(self) -> None:
        """Raise `NotNow` or `TooMany` where a new project's first job could not be started."""
        with self._lock:
            self._require_room(uuid.uuid4().hex)

    def repeat(self, job: str) -> Job:
        """Start the same again. Raises as `start`, `NoSuchJob`, `ValueError` for an old kind."""
        before = self.get(job)
        kind = self._kinds.get(before.kind)
        if kind is None:
            raise ValueError(f"there are no jobs of the kind {before.kind!r} any more")
        return self.start(kind.request.model_validate(before.request), repeats=job)

    def cancel(self, job: str) -> Job:
        """Call a job off; one that runs ends soon. Nothing happens to one that has ended."""
        with self._lock:
            waiting = [pair for pair in self._waiting if pair[0].id == job]
            for pair in waiting:
                self._waiting.remove(pair)
            execution = self._running.get(job)
        if waiting:
            self.feed.tell(job, Cancelled())
        elif execution is not None:
            execution.cancel()
        else:
            self._store.call_off(job)  # of a command, which looks whether it was
        return self.get(job)

    def get(self, job: str) -> Job:
        """The job with this id. Raises `NoSuchJob`."""
        found = self._store.get(job)
        if found is None:
            raise NoSuchJob(job)
        return found

    def page(
        self, *, project: str | None = None, before: str | None = None, limit: int = 50
    ) -> list[Job]:
        """Jobs, the newest first; `before` is the last one of the page before."""
        return self._store.page(project=project, before=before, limit=limit)

    def last_event(self, job: str | None = None) -> int:
        """The number of the newest event, of one job or of all."""
        return self._store.last_event(job)

    def busy_projects(self) -> set[str]:
        """The projects of which a job waits or runs, be it a command's."""
        return self._store.busy_projects()

    def busy(self, project: str) -> bool:
        """Whether a job of the project waits or runs."""
        return project in self.busy_projects()

    def close(self, reason: str, patience_seconds: float) -> None:
        """Interrupt what waits and runs, end what was left running, start nothing more."""
        with self._lock:
            self._closing = reason
            waiting, self._waiting = self._waiting, []
            running, kept = list(self._running.values()), list(self._kept)
        for job, _ in waiting:
            self.feed.tell(job.id, Interrupted(reason=reason))
        for execution in running:
            execution.interrupt(reason)
        stoppers = [threading.Thread(target=one.stop, daemon=True) for one in kept]
        for stopper in stoppers:
            stopper.start()
        deadline = time.monotonic() + patience_seconds
        for thread in (*stoppers, *(execution.thread for execution in running)):
            thread.join(max(0.0, deadline - time.monotonic()))
        self.feed.wake()
        self._ended.set()
        self.runner.end()

    def _require_room(self, project: str | None) -> None:
        if self._closing is not None:
            raise NotNow("The engine is ending.")
        if len(self._waiting) >= MAX_QUEUED:
            raise TooMany(f"{MAX_QUEUED} jobs wait already. Cancel some, or wait.")
        if sum(job.project == project for job, _ in self._waiting) >= MAX_QUEUED_OF_ONE:
            whose = "jobs that belong to no project" if project is None else "jobs of this project"
            raise TooMany(f"{MAX_QUEUED_OF_ONE} {whose} wait already. Cancel some, or wait.")

    def _watch_others(self) -> None:
        """See to it that nothing waits for a process that is gone."""
        while not self._ended.wait(_LOOK_SECONDS):
            try:
                interrupt_orphans(self._store, self.feed, self._home)
                with self._lock:
                    waiting = bool(self._waiting)
                if waiting:
                    self._dispatch()  # a command may have been in the way
            except Exception:
                if not self._ended.is_set():
                    _log.exception("the jobs of others cannot be seen")

    def _dispatch(self) -> None:
        """Start what may start now."""
        with self._lock:
            for job, request in list(self._waiting):
                if self._may_start(job):
                    self._waiting.remove((job, request))
                    execution = self._execution(job, request)
                    self._running[job.id] = execution
                    execution.thread.start()

    def _execution(self, job: Job, request: JobRequest) -> Execution:
        kind = self._kinds[job.kind]
        return Execution(job, request, kind, self._place, self.feed, self._keep, self._on_end)

    def _may_start(self, job: Job) -> bool:
        running = [execution.job for execution in self._running.values()]
        if job.project is not None and job.project in {one.project for one in running}:
            return False
        if job.project is not None and self._store.is_held_by_others(job.project, self.runner.id):
            return False
        heavy = self._kinds[job.kind].where == "isolated"
        alike = [one for one in running if (self._kinds[one.kind].where == "isolated") == heavy]
        return len(alike) < (HEAVY_AT_ONCE if heavy else LIGHT_AT_ONCE)

    def _place(self, job: Job, request: JobRequest) -> Place:
        folder = None if job.project is None else self._folder_of(job.project)
        names = self._kinds[job.kind].secrets(request)
        found = {name: self._secret_of(name) for name in names}
        secrets = {name: value for name, value in found.items() if value is not None}
        return Place(job.id, self._home, folder, secrets, self._cloud)

    def _keep(self, what: Stoppable) -> None:
        with self._lock:
            self._kept = [one for one in self._kept if one.alive]
            self._kept.append(what)
            closing = self._closing is not None
        if closing:
            what.stop()

    def _on_end(self, job: Job) -> None:
        with self._lock:
            del self._running[job.id]
        self._prune()
        self._dispatch()

    def _prune(self) -> None:
        for job in self._store.prune():
            self.reports.remove(job)
            self.candidates.remove(job)
            self.exports.remove(job)

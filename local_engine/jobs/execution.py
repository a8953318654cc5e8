"""One job from its start to its end, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from local_engine.jobs.events import Cancelled, Event, Failed, Interrupted, Started, Succeeded
from local_engine.jobs.feed import Feed
from local_engine.jobs.isolation import run_isolated
from local_engine.jobs.kind import JobRequest, Kind, Place
from local_engine.jobs.model import Job
from local_engine.jobs.run import JobCancelled, JobFailed, Run, Stoppable

_log = logging.getLogger(__name__)


class Execution:
    """A job that runs in `thread`, once that is started.

    `place` is asked for where, `on_end` called when the job's end has been told.
    """

    def __init__(
        self,
        job: Job,
        request: JobRequest,
        kind: Kind[Any],
        place: Callable[[Job, JobRequest], Place],
        feed: Feed,
        keep: Callable[[Stoppable], None],
        on_end: Callable[[Job], None],
    ) -> None:
        self.job = job
        self._request = request
        self._kind = kind
        self._place = place
        self._feed = feed
        self._run = Run(self._tell, keep)
        self._interruption: str | None = None
        self._on_end = on_end
        self.thread = threading.Thread(target=self._live, daemon=True, name=f"job-{job.id}")

    def cancel(self) -> None:
        """Call it off."""
        self._run.cancel()

    def interrupt(self, reason: str) -> None:
        """Call it off because the engine is ending."""
        self._interruption = reason
        self._run.cancel()

    def _tell(self, event: Event) -> None:
        self._feed.tell(self.job.id, event)

    def _live(self) -> None:
        try:
            self._work()
        finally:
            self._on_end(self.job)

    def _work(self) -> None:
        self._tell(Started())
        try:
            result = self._result()
        except JobCancelled:
            self._tell(self._called_off())
        except JobFailed as failure:
            self._tell(failure.as_event())
        except Exception as error:
            _log.exception("job %s (%s) broke", self.job.id, self.job.kind)
            detail = f"A mistake of the engine's: {type(error).__name__}: {error}"
            self._tell(Failed(code="engine-error", detail=detail, hint="See the engine's log."))
        else:
            self._feed.tell(self.job.id, Succeeded(), result=result)

    def _called_off(self) -> Cancelled | Interrupted:
        if self._interruption is not None:
            return Interrupted(reason=self._interruption)
        return Cancelled()

    def _result(self) -> dict[str, Any]:
        place = self._place(self.job, self._request)
        self._run.check()
        if self._kind.where == "isolated":
            return run_isolated(self._run, self._request, place)
        return self._kind.run(self._run, self._request, place).model_dump(mode="json")

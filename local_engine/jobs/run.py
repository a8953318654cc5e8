"""What a running job has at hand: telling what happens, and hearing that it was called off."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from local_engine.jobs.events import MAX_LINE, Event, Failed, LogLine, StageBegan, StageEnded

Tell = Callable[[Event], None]


class JobCancelled(Exception):
    """The job was called off while it ran."""


class JobFailed(Exception):
    """The job cannot be done, and the user can be told why.

    `code` is for programs, `hint` says what to do; `problems` are those of a Blueprint.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        hint: str = "",
        problems: tuple[dict[str, Any], ...] = (),
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.hint = hint
        self.problems = problems

    def as_event(self) -> Failed:
        """The failure as a job's last event."""
        return Failed(
            code=self.code, detail=self.detail, hint=self.hint, problems=list(self.problems)
        )


class Stoppable(Protocol):
    """Something that a job leaves running, and that ends with the engine."""

    @property
    def alive(self) -> bool:
        """Whether it runs still."""

    def stop(self) -> None:
        """End it, and return when it is gone."""


class Run:
    """One job while it runs. `tell` raises `JobCancelled` once the job was called off."""

    def __init__(self, tell: Tell, keep: Callable[[Stoppable], None]) -> None:
        self._tell = tell
        self._keep = keep
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._cancellers: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether the job was called off."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Call the job off: what it waits for is ended, and what it tells next ends it."""
        with self._lock:
            self._cancelled.set()
            cancellers = list(self._cancellers)
        for canceller in cancellers:
            canceller()

    def check(self) -> None:
        """Raise `JobCancelled` if the job was called off."""
        if self.cancelled:
            raise JobCancelled

    def tell(self, event: Event) -> None:
        """Tell an event."""
        self.check()
        self._tell(event)

    def log(self, line: str) -> None:
        """Tell a line; one that is very long is cut."""
        self.tell(log_line(line))

    @contextlib.contextmanager
    def stage(self, stage: str, title: str) -> Iterator[None]:
        """The block is a stage; one that raises is never told to have ended."""
        self.tell(StageBegan(stage=stage, title=title))
        began = time.monotonic()
        yield
        self.tell(StageEnded(stage=stage, seconds=time.monotonic() - began))

    @contextlib.contextmanager
    def cancelling(self, canceller: Callable[[], None]) -> Iterator[None]:
        """While the block waits for something, `canceller` ends that; maybe at once."""
        with self._lock:
            self._cancellers.append(canceller)
            late = self.cancelled
        if late:
            canceller()
        try:
            yield
        finally:
            with self._lock:
                self._cancellers.remove(canceller)

    def keep(self, what: Stoppable) -> None:
        """Leave something running when the job is done; it ends with the engine at the latest."""
        self._keep(what)


def log_line(line: str) -> LogLine:
    """A line as an event; one that is very long is cut."""
    return LogLine(line=line if len(line) <= MAX_LINE else line[: MAX_LINE - 1] + "…")

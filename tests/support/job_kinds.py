"""Kinds of jobs for the tests of the queue: they do what their request says."""

from __future__ import annotations

import threading
from typing import Any, Literal

from local_engine.jobs.events import Progress
from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.run import JobFailed, Run

GATES: dict[str, threading.Event] = {}
"""What waiting jobs wait for, by name."""


class WaitRequest(JobRequest):
    """Wait for the gate of this name."""

    kind: Literal["wait"] = "wait"
    project: str | None = None
    gate: str


class CountRequest(JobRequest):
    """Tell so many events, and fail afterwards if asked to."""

    kind: Literal["count"] = "count"
    project: str | None = None
    events: int
    then: Literal["succeed", "fail", "break"] = "succeed"


class Done(JobResult):
    """A number."""

    number: int = 0


def wait(run: Run, request: WaitRequest, _place: Place) -> Done:
    """Wait, looking often whether the job was called off."""
    gate = GATES.setdefault(request.gate, threading.Event())
    while not gate.wait(0.005):
        run.check()
    return Done(kind="wait", number=1)


def count(run: Run, request: CountRequest, _place: Place) -> Done:
    """Tell, then end as asked."""
    for number in range(request.events):
        run.tell(Progress(stage="count", done=number, total=request.events))
    if request.then == "fail":
        raise JobFailed("asked-to", "It was asked to fail.", hint="Ask for something else.")
    if request.then == "break":
        raise ZeroDivisionError("broken on purpose")
    return Done(kind="count", number=request.events)


KINDS: dict[str, Kind[Any]] = {
    "wait": Kind("wait", WaitRequest, wait, "here"),
    "count": Kind("count", CountRequest, count, "here"),
}

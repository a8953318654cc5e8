"""Whatever takes long: queued, run, followed event by event, cancelled, stored.

`Jobs` is the service of an engine, `Ledger` what a command writes its own jobs to. Kinds of jobs
live in `kinds/`, one module each; their events are what command line, API and window subscribe to.

What is named here is imported at its first use: a command that needs one kind loads no other.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local_engine.jobs.events import Event, JobEvent, is_last
    from local_engine.jobs.ledger import Ledger
    from local_engine.jobs.model import Job, JobStatus
    from local_engine.jobs.service import Jobs, NoSuchJob, NotNow, TooMany

__all__ = [
    "Event",
    "Job",
    "JobEvent",
    "JobStatus",
    "Jobs",
    "Ledger",
    "NoSuchJob",
    "NotNow",
    "TooMany",
    "is_last",
]

_MODULES = {
    "Event": "events",
    "Job": "model",
    "JobEvent": "events",
    "JobStatus": "model",
    "Jobs": "service",
    "Ledger": "ledger",
    "NoSuchJob": "service",
    "NotNow": "service",
    "TooMany": "service",
    "is_last": "events",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)

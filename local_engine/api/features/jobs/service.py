"""What the routes of jobs do with the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from local_engine.api.problems import Problem
from local_engine.jobs import Job, Jobs, NoSuchJob, NotNow, TooMany
from local_engine.jobs.kinds.all_kinds import Request

MAX_PAGE = 200
_RETRY_SECONDS = "10"


@contextmanager
def refusing() -> Iterator[None]:
    """What the service refuses, as problems."""
    try:
        yield
    except NoSuchJob:
        raise Problem(
            404, "no-such-job", "There is no job with this id, or not any more."
        ) from None
    except NotNow as refusal:
        raise Problem(503, "not-now", str(refusal)) from None
    except TooMany as refusal:
        raise Problem(
            429, "too-many-jobs", str(refusal), headers={"Retry-After": _RETRY_SECONDS}
        ) from None


def start(jobs: Jobs, request: Request) -> Job:
    """Start a job."""
    with refusing():
        return jobs.start(request)


def repeat(jobs: Jobs, job: str) -> Job:
    """Start the same again."""
    with refusing():
        try:
            return jobs.repeat(job)
        except ValueError as error:
            raise Problem(409, "kind-is-gone", f"This job cannot be repeated: {error}") from None


def has_ended(jobs: Jobs, job: str, last: int) -> bool:
    """Whether nothing of a job comes after the event of the number `last`."""
    with refusing():
        ended = jobs.get(job).status.ended
    return ended and jobs.last_event(job) <= last

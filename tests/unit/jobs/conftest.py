"""Jobs with kinds made for tests, in a folder of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from job_kinds import KINDS

from local_engine.jobs import Jobs

MakeJobs = Callable[[], Jobs]


@pytest.fixture
def make_jobs(tmp_path: Path) -> Iterator[MakeJobs]:
    """Makes the service over the same folder, again and again."""
    made: list[Jobs] = []

    def make() -> Jobs:
        jobs = Jobs(tmp_path, lambda project: tmp_path / project, KINDS)
        made.append(jobs)
        return jobs

    yield make
    for jobs in made:
        jobs.close("the test ended", 5.0)


@pytest.fixture
def jobs(make_jobs: MakeJobs) -> Jobs:
    """The service."""
    return make_jobs()

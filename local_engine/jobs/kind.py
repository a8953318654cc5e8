"""What makes a kind of jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from local_engine.jobs.run import Run


class JobRequest(BaseModel):
    """What is asked for; every kind adds what it needs to know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str


class JobResult(BaseModel):
    """What came of a job; every kind adds what there is to know."""

    model_config = ConfigDict(frozen=True)

    kind: str


@dataclass(frozen=True)
class Place:
    """Where a job works: the engine's data folder and, for most, the project's folder."""

    job: str
    home: Path
    folder: Path | None

    @property
    def project(self) -> Path:
        """The project's folder; only for kinds whose requests name a project."""
        if self.folder is None:
            raise ValueError("this job belongs to no project")
        return self.folder


R = TypeVar("R", bound=JobRequest)


@dataclass(frozen=True)
class Kind(Generic[R]):
    """A kind of jobs.

    `run` does the work and returns what came of it; it raises `JobFailed` with words for the user.
    `isolated` work runs in a process of its own, which can be killed at any point: what takes long
    or much memory. Other work looks often whether it was called off.
    """

    name: str
    request: type[R]
    run: Callable[[Run, R, Place], JobResult]
    where: Literal["isolated", "here"]

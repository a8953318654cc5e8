"""What makes a kind of jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from local_engine.jobs.run import JobFailed, Run

if TYPE_CHECKING:
    from local_engine.jobs.designs import CloudOf


class JobRequest(BaseModel):
    """What is asked for; every kind adds what it needs to know."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    kind: str


class JobResult(BaseModel):
    """What came of a job; every kind adds what there is to know."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: str


@dataclass(frozen=True)
class Place:
    """Where a job works: the engine's data folder and, for most, the project's folder.

    `secrets` are those that its kind asked for, as far as there are any; they go no further.
    `cloud` opens the user's account; work in a process of its own has none.
    """

    job: str
    home: Path
    folder: Path | None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    cloud: CloudOf | None = field(default=None, repr=False)

    @property
    def project(self) -> Path:
        """The project's folder; only for kinds whose requests name a project."""
        if self.folder is None:
            raise ValueError("this job belongs to no project")
        return self.folder

    def secret(self, name: str) -> str:
        """The value of a secret. Raises `JobFailed` when there is none of this name."""
        if name not in self.secrets:
            raise JobFailed(
                "no-such-secret",
                "What this job needs to know is not known any more.",
                hint="Hand it over again, then start a new job.",
            )
        return self.secrets[name]


def _no_secrets(_request: JobRequest) -> tuple[str, ...]:
    return ()


R = TypeVar("R", bound=JobRequest)


@dataclass(frozen=True)
class Kind(Generic[R]):
    """A kind of jobs.

    `run` does the work and returns what came of it; it raises `JobFailed` with words for the user.
    `isolated` work runs in a process of its own, which can be killed at any point: what takes long
    or much memory. Other work looks often whether it was called off. `secrets` names those that a
    request needs: a request is stored, so it holds names only.
    """

    name: str
    request: type[R]
    run: Callable[[Run, R, Place], JobResult]
    where: Literal["isolated", "here"]
    secrets: Callable[[R], tuple[str, ...]] = _no_secrets

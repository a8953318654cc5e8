"""`app/tasks.py` and the queue's tables, in projects that send something or have jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources as package_files

from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.emit.fastapi.jobs.jobs import JobPart, job_parts
from local_engine.generator.emit.fastapi.jobs.jobs import package_module as jobs_package
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.python import (
    Expression,
    Import,
    Module,
    attribute,
    call,
    const,
    imported,
)

MODULE = "app.tasks"
NUMBER = "0003"
"""The queue's migration follows those of the fixed and of the project's own tables."""


@dataclass(frozen=True)
class Queue:
    """The queue of a project."""

    resources: Resources

    @property
    def _application(self) -> Application:
        return self.resources.application

    @property
    def needed(self) -> bool:
        """Whether there is anything to send or to run."""
        application = self._application
        return bool(application.emails or application.webhooks or application.jobs)

    @cached_property
    def jobs(self) -> list[JobPart]:
        """The jobs."""
        return job_parts(self.resources)

    def modules(self) -> Iterator[Module]:
        """The tasks and the jobs."""
        if not self.needed:
            return
        if self.jobs:
            yield jobs_package()
        for job in self.jobs:
            yield job.module()
        yield self._tasks()

    def _tasks(self) -> Module:
        application = self._application
        module = Module(
            MODULE, "The queue: what is sent after a change, and what runs at its time."
        )
        listed: list[Expression] = []
        if application.emails:
            listed.append(attribute(imported("app.core", "mail"), "tasks"))
        if application.webhooks:
            listed.append(attribute(imported("app.core", "webhooks"), "tasks"))
        listed += [Import(job.tasks) for job in self.jobs]
        queue = call(
            imported("app.core.queue", "create_queue"),
            *listed,
            time_zone=const(application.time_zone),
        )
        module.assign("TASKS", queue)
        return module

    def background(self) -> Expression | None:
        """What runs beside the requests; None where there is nothing."""
        if not self.needed:
            return None
        return call(imported("app.core.queue", "beside_requests"), imported(MODULE, "TASKS"))

    def files(self) -> dict[str, bytes]:
        """The migration."""
        if not self.needed:
            return {}
        folder = package_files.files("local_engine.generator.emit.fastapi.fixed") / "migrations"
        return {
            f"migrations/{NUMBER}_queue.{direction}.sql": (
                folder / f"queue.{direction}.sql"
            ).read_bytes()
            for direction in ("up", "down")
        }

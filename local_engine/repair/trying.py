"""Verifies candidates: states of a project that exist in a copy only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from local_engine.generator.blueprint import Application
from local_engine.repair.copies import copy_of
from local_engine.repair.standing import Standing
from local_engine.runtime.docker.errors import DeploymentError, EngineUnusable
from local_engine.runtime.postgres import PostgresError
from local_engine.runtime.preview.controls import verification_controls
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.verifying import verify_project
from local_engine.verification import Report, verify

Where = Literal["process", "docker"]
"""Where candidates run: as processes of this machine, or in containers."""

Changes = Mapping[str, bytes | None]
"""Files of a candidate that differ from the user's, by path; None: it has no such file."""

MACHINE_FAILS = (PostgresError, EngineUnusable, OSError)
"""What says nothing about the project."""

KEPT_LINES = 400
_FEW = 2
"""Up to so many groups, a second copy of the project beside the first costs more than it saves."""


@dataclass
class Trials:
    """Runs candidates of one project, each in a copy of its own; counts them.

    `groups` are all that count, every one without.

    `on_try` is told before each its number and in a few words what is tried. Methods raise one of
    `MACHINE_FAILS` where it is not the project that fails.
    """

    application: Application
    files: Mapping[str, bytes]
    place: Path
    seed: int = 0
    where: Where = "process"
    groups: Sequence[str] | None = None
    on_try: Callable[[int, str], None] = field(default=lambda _number, _what: None)
    count: int = 0

    def all(self, changes: Changes, what: str) -> Standing:
        """All is checked that counts."""
        return self._tried(self.application, self.files, changes, self.groups, what)

    def some(self, changes: Changes, groups: Sequence[str], what: str) -> Standing:
        """Only these groups of checks, with the lines that the service writes."""
        return self._tried(self.application, self.files, changes, groups, what)

    def of_another(
        self, application: Application, files: Mapping[str, bytes], what: str
    ) -> Standing:
        """All is checked in another state of the project, after another Blueprint."""
        return self._tried(application, files, {}, self.groups, what)

    def _tried(
        self,
        application: Application,
        files: Mapping[str, bytes],
        changes: Changes,
        groups: Sequence[str] | None,
        what: str,
    ) -> Standing:
        self.count += 1
        self.on_try(self.count, what)
        with copy_of(files, changes, self.place) as folder:
            try:
                if self.where == "docker":
                    return Standing(_in_docker(application, folder, groups, self.seed))
                if groups is self.groups and (groups is None or len(groups) > _FEW):
                    report = verify_project(application, folder, groups=groups, seed=self.seed)
                    return Standing(report)
                return _with_logs(application, folder, groups or (), self.seed)
            except EngineUnusable:
                raise
            except (PreviewError, DeploymentError) as error:
                return Standing(None, str(error).replace(str(folder), "."))


def _with_logs(
    application: Application, folder: Path, groups: Iterable[str], seed: int
) -> Standing:
    with verification_controls(folder) as controls:
        report = verify(application, controls, groups=groups, seed=seed)
        return Standing(report, logs=tuple(controls.logs()[-KEPT_LINES:]))


def _in_docker(
    application: Application, folder: Path, groups: Sequence[str] | None, seed: int
) -> Report:
    from local_engine.runtime.docker.verifying.verification import verify_deployment

    return verify_deployment(application, folder, groups=groups, seed=seed)

"""Trials, over the project store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.api.features.trials.schemas import Discarded, TrialFacts
from local_engine.api.features.versions.service import project_in
from local_engine.api.problems import Problem

if TYPE_CHECKING:
    from local_engine.projects import Project


def state(folder: Path) -> TrialFacts:
    """What is being tried, and what was discarded."""
    with project_in(folder) as project:
        return _facts(project)


def begin(folder: Path, name: str) -> TrialFacts:
    """Go on, on a branch of its own."""
    with project_in(folder) as project:
        project.try_out(name)
        return _facts(project)


def keep(folder: Path) -> TrialFacts:
    """Make what was tried the main line."""
    with project_in(folder) as project:
        project.keep()
        return _facts(project)


def require_discarded(folder: Path, version: str) -> None:
    """Raise `Problem` 404 where no trial that was discarded ended with this version."""
    if version not in {one.version for one in state(folder).discarded}:
        raise Problem(404, "no-such-trial", "No trial that was discarded ended with this version.")


def _facts(project: Project) -> TrialFacts:
    from local_engine.projects.recoverable import KEPT_DAYS

    return TrialFacts(
        name=project.trial,
        branch=project.branch,
        discarded=[
            Discarded(
                name=one.name,
                version=one.commit.decode(),
                discarded=one.time,
                until=one.time + timedelta(days=KEPT_DAYS),
            )
            for one in project.discarded()
        ],
    )

"""Verifies a project in a folder of this machine, on copies of it that run for that alone."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path

from local_engine.generator.blueprint import Application
from local_engine.runtime.events import OnEvent as OnStage
from local_engine.runtime.events import ignore
from local_engine.runtime.guarding.forking import ForkServer, forking
from local_engine.runtime.preview.controls import PreviewControls, verification_controls
from local_engine.runtime.preview.errors import PreviewError
from local_engine.verification import Report, verify
from local_engine.verification.beside import SecondCopyFailed, second_lane
from local_engine.verification.events import OnEvent


def verify_project(
    application: Application,
    project: Path,
    *,
    groups: Iterable[str] | None = None,
    seed: int = 0,
    budget: float | None = None,
    forks: ForkServer | None = None,
    on_stage: OnStage = ignore,
    on_event: OnEvent | None = None,
) -> Report:
    """Start the project twice and check the copies against its Blueprint, gone afterwards.

    The first copy is forked and soon there. The second one, in a process beside this one, starts
    from nothing, as everybody's first start will be. `forks` is a fork server that had time to
    import, if there is one; the other arguments are those of `verify`.
    Raises `PreviewError` or `PostgresError` when a copy cannot be started.
    """
    deadline = None if budget is None else time.monotonic() + budget
    try:
        with (
            _forks(forks, project) as server,
            second_lane(
                application, partial(_second, project, server), seed=seed, deadline=deadline
            ) as second,
            _first(project, server, on_stage) as controls,
        ):
            return verify(
                application,
                controls,
                second=second,
                groups=groups,
                seed=seed,
                budget=budget,
                on_event=on_event,
            )
    except SecondCopyFailed as error:
        raise PreviewError(str(error)) from None


@contextmanager
def _forks(known: ForkServer | None, project: Path) -> Iterator[ForkServer | None]:
    """A fork server that imports what this project is made of."""
    with nullcontext(known) if known else forking() as server:
        if server is not None:
            server.first.prepare(project.resolve())
        yield server


def _first(
    project: Path, server: ForkServer | None, on_stage: OnStage
) -> AbstractContextManager[PreviewControls]:
    if server is None:
        return verification_controls(project, on_event=on_stage)
    server.second.close()  # the second lane has it
    return verification_controls(project, on_event=on_stage, forks=server.first, fork_first=True)


def _second(project: Path, server: ForkServer | None) -> AbstractContextManager[PreviewControls]:
    if server is None:
        return verification_controls(project)
    server.first.close()  # so that the fork server ends with the first lane, too
    return verification_controls(project, forks=server.second)

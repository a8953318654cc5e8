"""Verifies a project in a folder of this machine, on copies of it that run for that alone."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

from local_engine.generator.blueprint import Application
from local_engine.runtime.events import OnEvent as OnStage
from local_engine.runtime.events import ignore
from local_engine.runtime.guarding.forking import ForkServer
from local_engine.runtime.postgres import PostgresServer
from local_engine.runtime.preparation import Preparation, preparing
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
    prepared: Preparation | None = None,
    on_stage: OnStage = ignore,
    on_event: OnEvent | None = None,
) -> Report:
    """Start the project twice and check the copies against its Blueprint, gone afterwards.

    The first copy is forked and soon there. The second one, in a process beside this one, starts
    from nothing, as everybody's first start will be. `prepared` is what was begun earlier, if
    anything was: it has loaded this project. The other arguments are those of `verify`.
    Raises `PreviewError` or `PostgresError` when a copy cannot be started.
    """
    deadline = None if budget is None else time.monotonic() + budget
    try:
        with ExitStack() as held:
            ready = prepared or held.enter_context(_prepared(project))
            forks, (server, *more) = ready.forks, ready.servers()
            start = partial(_second, project, forks, more)
            second = held.enter_context(
                second_lane(application, start, seed=seed, deadline=deadline)
            )
            controls = held.enter_context(_first(project, forks, server, on_stage))
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
def _prepared(project: Path) -> Iterator[Preparation]:
    with preparing() as prepared:
        prepared.load(project)
        yield prepared


def _first(
    project: Path, forks: ForkServer | None, server: PostgresServer, on_stage: OnStage
) -> AbstractContextManager[PreviewControls]:
    if forks is None:
        return verification_controls(project, server=server, on_event=on_stage)
    forks.second.close()  # the second lane has it
    return verification_controls(
        project, server=server, on_event=on_stage, forks=forks.first, fork_first=True
    )


def _second(
    project: Path, forks: ForkServer | None, servers: list[PostgresServer]
) -> AbstractContextManager[PreviewControls]:
    (server,) = servers
    if forks is None:
        return verification_controls(project, server=server)
    forks.first.close()  # so that the fork server ends with the first lane, too
    return verification_controls(project, server=server, forks=forks.second)

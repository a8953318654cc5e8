"""Whatever part ends, in order or not: what was answered with success is there afterwards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event

from local_engine.generator.blueprint.resolved import Entity
from local_engine.runtime.docker.verifying.controls import DockerControls
from local_engine.runtime.docker.verifying.groups.deployed import (
    controls_of,
    drafts,
    post,
    there,
)
from local_engine.verification import expect
from local_engine.verification.checks import SetUpFailed
from local_engine.verification.context import Context, together
from local_engine.verification.http import Client, Exchange, NoAnswer, Unreachable

_ROWS = 24
_BEFORE = 3
_PAUSE_SECONDS = 0.05

Disturb = Callable[[DockerControls], None]


def _lasts(disturb: Disturb) -> Callable[[Context], None]:
    """A check: rows are made all the time, meanwhile this happens, then all are looked for."""

    def run(context: Context) -> None:
        context.reset()
        entity, acknowledged = _made_meanwhile(context, disturb)
        context.reconnect()
        lost = [one for one in acknowledged if not there(context, entity, one.json["id"])]
        expect.holds(
            not lost,
            f"all {len(acknowledged)} rows that were answered with 201 are there",
            f"{len(lost)} are not",
            *lost[:1],
        )

    return run


def _made_meanwhile(context: Context, disturb: Disturb) -> tuple[Entity, list[Exchange]]:
    controls = controls_of(context)
    entity, ready = drafts(context, _ROWS)
    prepared = list(ready)
    acknowledged: list[Exchange] = []
    begun, over = Event(), Event()

    def make() -> None:
        try:
            for draft in prepared:
                with suppress(NoAnswer, Unreachable):
                    answer = post(http, draft)
                    acknowledged.extend([answer] if answer.status == 201 else [])
                if len(acknowledged) == _BEFORE:
                    begun.set()
                over.wait(_PAUSE_SECONDS)
        finally:
            begun.set()

    def happen() -> None:
        begun.wait()
        try:
            disturb(controls)
        finally:
            over.set()

    # By a client of its own: that some requests fail meanwhile is no news.
    with Client(controls.base_url) as http:
        together([make, happen])
    if not acknowledged:
        raise SetUpFailed("no row was made")
    return entity, acknowledged


def _restart_database(controls: DockerControls) -> None:
    controls.stop_database()
    controls.start_database()


_WHAT: tuple[tuple[str, str, Disturb], ...] = (
    ("service.restart", "an orderly restart of the service", lambda c: c.restart()),
    ("service.kill", "kill -9 of the service", lambda c: c.restart(kill=True)),
    ("database.restart", "an orderly restart of the database", _restart_database),
    ("database.kill", "kill -9 of the database", lambda c: c.kill_database()),
)

CHECKS = tuple(
    (name, f"No row that was answered with 201 is lost by {what}.", _lasts(disturb), False)
    for name, what, disturb in _WHAT
)

"""Readiness follows the database: gone while it is away, back by itself."""

from __future__ import annotations

import time

from local_engine.runtime.docker.verifying.groups.deployed import controls_of
from local_engine.verification import expect
from local_engine.verification.checks import CheckFailed
from local_engine.verification.context import Context
from local_engine.verification.http import Client

_NOTICES_SECONDS = 10.0
_RECOVERS_SECONDS = 20.0
_PAUSE_SECONDS = 0.1


def _readiness(context: Context) -> None:
    controls = controls_of(context)
    started = controls.service_starts
    # By a client of its own: a service that cannot serve is no case for the OpenAPI document.
    with Client(controls.base_url) as http:
        controls.stop_database()
        try:
            _answers(http, 503, _NOTICES_SECONDS, "the database is stopped")
            expect.status_is(http.send("GET", "/health"), 200, why="the process lives")
        finally:
            controls.start_database()
        _answers(http, 200, _RECOVERS_SECONDS, "the database is back")
    if controls.service_starts != started:
        raise CheckFailed("the service recovers by itself", "it was started again")


def _answers(http: Client, status: int, seconds: float, why: str) -> None:
    deadline = time.monotonic() + seconds
    while True:
        answer = http.send("GET", "/ready")
        if answer.status == status:
            return
        if time.monotonic() > deadline:
            expect.status_is(answer, status, why=f"{why}, for {seconds:.0f} s")
        time.sleep(_PAUSE_SECONDS)


CHECKS = (
    (
        "readiness",
        "GET /ready answers 503 while the database is away, and 200 by itself once it is back.",
        _readiness,
        False,
    ),
)

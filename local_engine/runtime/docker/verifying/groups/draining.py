"""SIGTERM: what is under way is finished and answered, and the end comes soon."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Event

from local_engine.runtime.docker.verifying.controls import Stopped
from local_engine.runtime.docker.verifying.groups.deployed import (
    controls_of,
    creatable,
    post,
    there,
    wait_for_waiting,
)
from local_engine.verification import expect
from local_engine.verification.checks import CheckFailed
from local_engine.verification.context import Context, together
from local_engine.verification.http import Exchange

SECONDS = 10
_HELD_SECONDS = 1.5
_KILLED = 137


def _ends(context: Context) -> None:
    controls = controls_of(context)
    try:
        stopped = controls.stop_service(SECONDS)
    finally:
        controls.start_service()
    if stopped.exit_code == _KILLED or stopped.seconds > SECONDS:
        raise CheckFailed(
            f"the service ends within {SECONDS} s of SIGTERM",
            f"it had to be killed after {stopped.seconds:.1f} s",
        )
    if stopped.exit_code:
        raise CheckFailed("an orderly end, with exit code 0", f"exit code {stopped.exit_code}")


def _drains(context: Context) -> None:
    """A creation waits for a lock that is given back only after SIGTERM was sent."""
    controls = controls_of(context)
    entity, draft = creatable(context)
    held = ExitStack()
    held.enter_context(controls.hold_lock(f'LOCK TABLE "{entity.table}" IN SHARE MODE'))
    under_way, done = Event(), Event()

    def create() -> Exchange:
        try:
            return post(context.http, draft)
        finally:
            done.set()

    def stop() -> Stopped:
        try:
            wait_for_waiting(context, 1)
        finally:
            under_way.set()
        return controls.stop_service(SECONDS)

    def release() -> None:
        with held:
            under_way.wait()
            done.wait(_HELD_SECONDS)

    try:
        answer, _ = _at_once(create, stop, release)
    finally:
        held.close()
        controls.start_service()
        context.reconnect()
    expect.status_is(answer, 201, why="it was under way when SIGTERM came")
    identity = answer.json["id"]
    expect.holds(there(context, entity, identity), "the row is there", "it is not", answer)


def _at_once(
    create: Callable[[], Exchange], stop: Callable[[], Stopped], release: Callable[[], None]
) -> tuple[Exchange, Stopped]:
    given: dict[str, object] = {}

    def keep(name: str, call: Callable[[], object]) -> Callable[[], None]:
        return lambda: given.__setitem__(name, call())

    together([keep("answer", create), keep("stopped", stop), release])
    answer, stopped = given["answer"], given["stopped"]
    assert isinstance(answer, Exchange)
    assert isinstance(stopped, Stopped)
    return answer, stopped


CHECKS = (
    ("sigterm.ends", f"After SIGTERM the service ends in order within {SECONDS} s.", _ends, False),
    (
        "sigterm.drains",
        "A request that is under way when SIGTERM comes is finished and answered.",
        _drains,
        False,
    ),
)

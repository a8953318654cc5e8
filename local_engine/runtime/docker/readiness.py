"""Waits until parts of a deployment are ready, and fails at once when one ends instead."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from local_engine.runtime.docker.containers import last_lines
from local_engine.runtime.docker.errors import DeploymentError, quoted
from local_engine.runtime.readiness import is_ready

if TYPE_CHECKING:
    from docker import APIClient

DATABASE_SECONDS = 120.0
SERVICE_SECONDS = 120.0
MIGRATE_SECONDS = 3600.0
"""Long: data may be large. A migration that waits for a lock in vain ends, too."""
_PAUSE_SECONDS = 0.05
_ASK_SECONDS = 2.0
_LOG_LINES = 200
_TAKES_CONNECTIONS = b"ready to accept connections"

_NO_ROOM = "No space left on device"
_MAKE_ROOM = "Make room for the engine (docker system df shows what takes it), then repeat this."

Check = Callable[[], None]


def wait_for_database(client: APIClient, identity: str, check: Check) -> None:
    """Wait until PostgreSQL takes connections over the network. Raises `DeploymentError`.

    To ask it costs the engine a process in the container, so its log is read first.
    """
    seen, asked_at = 0, 0.0

    def ready() -> bool:
        nonlocal seen, asked_at
        said = client.logs(identity, tail=_LOG_LINES).count(_TAKES_CONNECTIONS)
        if said == seen and time.monotonic() - asked_at < _ASK_SECONDS:
            return False
        seen, asked_at = said, time.monotonic()
        return _takes_connections(client, identity)

    _wait(client, identity, ready, "The database", DATABASE_SECONDS, check)


def _takes_connections(client: APIClient, identity: str) -> bool:
    """Over the network: it listens on its socket alone while it is made for the first time."""
    from docker.errors import APIError

    try:
        execution = client.exec_create(identity, ["pg_isready", "-q", "-h", "127.0.0.1"])["Id"]
        client.exec_start(execution)
        return bool(client.exec_inspect(execution)["ExitCode"] == 0)
    except APIError:  # it has ended, or ends now
        return False


def wait_for_service(client: APIClient, identity: str, port: int, check: Check) -> None:
    """Wait until the service answers on 127.0.0.1 that it is ready. Raises `DeploymentError`."""
    _wait(client, identity, lambda: is_ready(port), "The service", SERVICE_SECONDS, check)


def wait_for_end(client: APIClient, identity: str, check: Check) -> int:
    """Wait until a migration has ended; gives its exit code. Raises `DeploymentError`."""
    deadline = time.monotonic() + MIGRATE_SECONDS
    while True:
        check()
        state = client.inspect_container(identity)["State"]
        if state["Status"] in ("exited", "dead"):
            return int(state["ExitCode"])
        if time.monotonic() > deadline:
            said = quoted(last_lines(client, identity))
            raise DeploymentError(
                f"The migration did not end within {MIGRATE_SECONDS:.0f} s.\n"
                f"Its last output:\n{said}"
            )
        time.sleep(_PAUSE_SECONDS)


def _wait(
    client: APIClient,
    identity: str,
    ready: Callable[[], bool],
    what: str,
    seconds: float,
    check: Check,
) -> None:
    deadline = time.monotonic() + seconds
    restarts = client.inspect_container(identity)["RestartCount"]
    while True:
        check()
        state = client.inspect_container(identity)
        if state["RestartCount"] > restarts or state["State"]["Status"] in (
            "exited",
            "dead",
            "restarting",
        ):
            raise DeploymentError(_ended(client, identity, state, what))
        if state["State"]["Status"] == "running" and ready():
            return
        if time.monotonic() > deadline:
            said = quoted(last_lines(client, identity))
            raise DeploymentError(
                f"{what} did not become ready within {seconds:.0f} s.\nIts last output:\n{said}"
            )
        time.sleep(_PAUSE_SECONDS)


def _ended(client: APIClient, identity: str, state: dict[str, dict[str, object]], what: str) -> str:
    said = quoted(last_lines(client, identity))
    if state["State"].get("OOMKilled"):
        return f"{what} was killed: it needs more memory than it may use.\nIts last output:\n{said}"
    if _NO_ROOM in said:
        return f"{what} ends, because its disk is full.\n{_MAKE_ROOM}\nIts last output:\n{said}"
    # One that the engine has started again has no exit code any more.
    code = state["State"].get("ExitCode")
    how = f" (exit code {code})" if code else ""
    return f"{what} ends instead of starting{how}.\nIts last output:\n{said}"

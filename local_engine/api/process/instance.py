"""One engine a data folder: a lock, and how a second start finds the first engine."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path

from local_engine.runtime.file_lock import LockTimeoutError, file_lock
from local_engine.runtime.ports import LOOPBACK
from local_engine.runtime.private_files import write_private

_WAIT_SECONDS = 15.0
_REQUEST_SECONDS = 5.0
_HAND_OVER_SECONDS = 60.0  # the first request of its kind makes the engine load what it needs


@dataclass(frozen=True)
class Address:
    """Where an engine answers, and the token that opens it to this user's own programs."""

    port: int
    pid: int
    token: str

    @property
    def url(self) -> str:
        """The base of every address, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"


class TakenError(Exception):
    """Another engine serves this folder."""


class Instance:
    """The one engine of a data folder, as the holder of its lock."""

    def __init__(self, home: Path) -> None:
        self._lock = home / "engine.lock"
        self._file = home / "engine.json"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Be the folder's engine while the block runs. Raises `TakenError`."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(file_lock(self._lock, timeout_seconds=0.0))
            except LockTimeoutError:
                raise TakenError from None
            self._file.unlink(missing_ok=True)  # of an engine that was killed
            try:
                yield
            finally:
                self._file.unlink(missing_ok=True)

    def announce(self, address: Address) -> None:
        """Write down where this engine answers, for this user only."""
        write_private(self._file, json.dumps(asdict(address)) + "\n")

    def first_engine(self) -> Address:
        """The engine that holds the lock, once it is ready. Raises `TimeoutError`."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, ValueError, TypeError):
                address = Address(**json.loads(self._file.read_text("utf-8")))
                if _is_healthy(address):
                    return address
            time.sleep(0.05)
        raise TimeoutError(
            f"Another engine holds {self._lock}, but does not answer. End that process, or wait "
            "until it has ended, and try again."
        )


def hand_over(first: Address, token: str) -> None:
    """Make a second start's token one of the first engine's. Raises `OSError`."""
    status, _ = _patiently(first, "/api/v1/session/tokens", {"token": token})
    if status != HTTPStatus.NO_CONTENT:
        raise OSError(f"the engine at {first.url} did not take the token: {status}")


def new_link(engine: Address) -> str:
    """A one-time link into a running engine. Raises `OSError`."""
    status, answer = _patiently(engine, "/api/v1/session/links")
    if status != HTTPStatus.CREATED:
        raise OSError(f"the engine at {engine.url} gave no link: {status}")
    return str(answer["url"])


def _patiently(engine: Address, path: str, body: object = None) -> tuple[int, dict[str, object]]:
    """Have a busy engine do something that only it can do. Raises `OSError`."""
    try:
        return request(engine, "POST", path, body, seconds=_HAND_OVER_SECONDS)
    except TimeoutError:
        raise TimeoutError(
            f"The engine at {engine.url} (process {engine.pid}) does not answer. Wait until the "
            "machine has less to do, or end that process, and try again."
        ) from None


def request(
    address: Address,
    method: str,
    path: str,
    body: object = None,
    *,
    seconds: float = _REQUEST_SECONDS,
) -> tuple[int, dict[str, object]]:
    """Ask an engine something; gives the status and the JSON object of its answer."""
    import http.client  # a first engine, as most are, asks nobody

    connection = http.client.HTTPConnection(LOOPBACK, address.port, timeout=seconds)
    headers = {"Authorization": f"Bearer {address.token}", "Content-Type": "application/json"}
    with contextlib.closing(connection):
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
    return answer.status, json.loads(text) if text else {}


def _is_healthy(address: Address) -> bool:
    from http.client import HTTPException

    try:
        status, _ = request(address, "GET", "/health")
    except HTTPException:
        return False
    return status == HTTPStatus.OK

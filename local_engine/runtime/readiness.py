"""Asks a service whether it is ready."""

from __future__ import annotations

import contextlib
import http.client
import time
from collections.abc import Callable

from local_engine.runtime.ports import LOOPBACK

_REQUEST_TIMEOUT_SECONDS = 5.0
_PAUSE_SECONDS = 0.015


def is_ready(port: int) -> bool:
    """Whether `GET /ready` on this port of 127.0.0.1 answers 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_REQUEST_TIMEOUT_SECONDS)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


def wait_until_ready(port: int, alive: Callable[[], bool], timeout_seconds: float) -> bool:
    """Wait until the service is ready; False when it died or time is up."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if not alive():
            return False
        if is_ready(port):
            return True
        time.sleep(_PAUSE_SECONDS)
    return False

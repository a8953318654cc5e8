"""HTTP/1.1 connections that are kept alive, as thin as can be.

A verification sends thousands of requests, one after another: what a general client does for each
(0.35 ms, measured) would be a third of its time. This takes a tenth of that.
"""

import contextlib
import re
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

from local_engine.verification.answers import Answer, Broken, Pairs, Unanswered

# Idle connections are dropped before the server does it (uvicorn: 5 s), so that no request meets a
# connection that is just being closed.
IDLE_SECONDS = 2.5

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[^:\s]+")
_NO_VALUE = re.compile(r"[\r\n]")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ConnectFailed(Exception):
    """No connection could be made."""


class BrokenOff(Exception):
    """The connection ended, or nothing came in time, before there was a whole answer."""


class Connections:
    """Connections to one server; safe to use from several threads at once.

    `timeout` is in seconds, for connecting and for each wait on the server. `source` is the address
    to connect from; where it is empty, the system chooses.
    """

    def __init__(self, base_url: str, timeout: float, source: str = "") -> None:
        address = urlsplit(base_url)
        self._address = (address.hostname or "", address.port or _PORTS[address.scheme])
        self._host = address.netloc.rpartition("@")[2]
        self._secure = ssl.create_default_context() if address.scheme == "https" else None
        self._timeout = timeout
        self._source = (source, 0) if source else None
        self._idle: list[tuple[socket.socket, float]] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close all connections that are not in use."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection, _ in idle:
            connection.close()

    def exchange(
        self, method: str, target: str, headers: Pairs, body: bytes
    ) -> tuple[int, Pairs, bytes]:
        """Send a request; gives status, headers (names in lower case) and body of the answer.

        The body is sent in chunks if the headers say so. Raises ConnectFailed, BrokenOff, and
        ValueError for what HTTP cannot carry.

        What only reads and meets a kept connection that the server is just closing, as it does
        when the machine was held up, is sent once more on a new one (RFC 9110, 9.2.2).
        """
        request = _head(method, target, self._host, headers, body) + _content(headers, body)
        kept = self._take()
        if kept is None:
            return self._ask(self._connect(), request)
        try:
            return self._ask(kept, request)
        except BrokenOff as error:
            if method in _SAFE and isinstance(error.__cause__, Unanswered):
                with contextlib.suppress(ConnectFailed):
                    return self._ask(self._connect(), request)
            raise

    def _ask(self, connection: socket.socket, request: bytes) -> tuple[int, Pairs, bytes]:
        answer = Answer()
        try:
            # A server may answer and close without reading a body that it refuses.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(request)
            answer.read(connection)
        except (OSError, Broken) as error:
            connection.close()
            raise BrokenOff(f"{type(error).__name__}: {error}") from error
        except BaseException:
            connection.close()
            raise
        if answer.lasts:
            with self._lock:
                self._idle.append((connection, time.monotonic()))
        else:
            connection.close()
        return answer.status, answer.headers, answer.body

    def _take(self) -> socket.socket | None:
        """A connection that was kept, if there is one that is not too old."""
        oldest = time.monotonic() - IDLE_SECONDS
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection, since = self._idle.pop()
            if since > oldest:
                return connection
            connection.close()

    def _connect(self) -> socket.socket:
        try:
            connection = socket.create_connection(self._address, self._timeout, self._source)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._secure is None:
                return connection
            return self._secure.wrap_socket(connection, server_hostname=self._address[0])
        except OSError as error:
            raise ConnectFailed(str(error)) from error


def _head(method: str, target: str, host: str, headers: Pairs, body: bytes) -> bytes:
    """The request up to its body; raises ValueError for what HTTP cannot carry."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    for name, value in headers:
        if not _NAME.fullmatch(name) or _NO_VALUE.search(value):
            raise ValueError(f"Invalid header {name!r}: {value!r}")
        lines.append(f"{name}: {value}")
    if not _in_chunks(headers) and (body or method in ("POST", "PUT", "PATCH")):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _content(headers: Pairs, body: bytes) -> bytes:
    if not _in_chunks(headers):
        return body
    return (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"


def _in_chunks(headers: Pairs) -> bool:
    return any(name.lower() == "transfer-encoding" for name, _ in headers)

"""HTTP/1.1 connections that are kept alive, as thin as can be.

A verification sends thousands of requests, one after another: what a general client does for each
(0.35 ms, measured) would be a third of its time. This takes a fifth of that.
"""

import contextlib
import http.client
import threading
import time
from urllib.parse import urlsplit

Pairs = tuple[tuple[str, str], ...]

# Idle connections are dropped before the server does it (uvicorn: 5 s), so that no request meets a
# connection that is just being closed.
IDLE_SECONDS = 2.5


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
        self._host, self._port = address.hostname or "", address.port
        self._secure = address.scheme == "https"
        self._timeout = timeout
        self._source = (source, 0) if source else None
        self._idle: list[tuple[http.client.HTTPConnection, float]] = []
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
        """
        connection = self._take()
        try:
            answer = self._exchange(connection, method, target, headers, body)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise BrokenOff(f"{type(error).__name__}: {error}") from error
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:
            with self._lock:
                self._idle.append((connection, time.monotonic()))
        return answer

    def _take(self) -> http.client.HTTPConnection:
        oldest = time.monotonic() - IDLE_SECONDS
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection, since = self._idle.pop()
            if since > oldest:
                return connection
            connection.close()
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(
            self._host, self._port, timeout=self._timeout, source_address=self._source
        )
        try:
            connection.connect()
        except OSError as error:
            raise ConnectFailed(str(error)) from error
        return connection

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        target: str,
        headers: Pairs,
        body: bytes,
    ) -> tuple[int, Pairs, bytes]:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value.encode("latin-1"))
        chunked = any(name.lower() == "transfer-encoding" for name, _ in headers)
        if not chunked and (body or method in ("POST", "PUT", "PATCH")):
            connection.putheader("Content-Length", str(len(body)))
        # A server may answer and close without reading a body that it refuses.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.endheaders([body] if chunked else body or None, encode_chunked=chunked)
        answer = connection.getresponse()
        content = answer.read()
        found = tuple((name.lower(), value) for name, value in answer.getheaders())
        return answer.status, found, content

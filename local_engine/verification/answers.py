"""Reading answers of HTTP/1.1 as they come from a socket, with llhttp, the parser of Node.js.

A third of what a request costs the verifier was Python's own parser of headers, which is that of
e-mail.
"""

import socket

import httptools

_BLOCK = 65_536

Pairs = tuple[tuple[str, str], ...]


class Broken(Exception):
    """What came is no answer, or not all of one."""


class Unanswered(Broken):
    """The connection ended before anything came."""


class Answer:
    """One answer: `status`, `headers` (names in lower case), `body`, as far as they have come.

    `lasts` says whether the connection can be used again once the answer is complete.
    """

    def __init__(self) -> None:
        self.status = 0
        self.headers: Pairs = ()
        self.body = b""
        self.complete = False
        self.lasts = False
        self._pairs: list[tuple[str, str]] = []
        self._blocks: list[bytes] = []
        self._begun = False
        self._parser = httptools.HttpResponseParser(self)

    def read(self, connection: socket.socket) -> None:
        """Read it to its end; raises OSError, and Broken for what is not an answer."""
        while not self.complete:
            block = self._next(connection)
            if not block:
                self._end()
                return
            try:
                self._parser.feed_data(block)
            except httptools.HttpParserError as error:
                raise Broken(f"no answer in HTTP: {error}") from error

    def _next(self, connection: socket.socket) -> bytes:
        try:
            return connection.recv(_BLOCK)
        except ConnectionResetError:  # closed, and there was something that nobody had read
            if self._begun:
                raise
            return b""

    def on_message_begin(self) -> None:
        """Another answer that nobody asked for must not be taken for that to the next request."""
        self._begun, self.lasts = True, False

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser calls this for every header."""
        self._pairs.append((name.decode("latin-1").lower(), value.decode("latin-1").strip()))

    def on_headers_complete(self) -> None:
        """Headers are all that an answer to come, such as 100, has."""
        if not self.complete:
            self.status = self._parser.get_status_code()

    def on_body(self, block: bytes) -> None:
        """The parser calls this for every part of the body."""
        self._blocks.append(block)

    def on_message_complete(self) -> None:
        """The end of an answer, unless another one is to follow."""
        if self.complete:
            return
        if self.status < 200:
            self._pairs.clear()
            return
        self._finish()
        self.lasts = self._parser.should_keep_alive()

    def _end(self) -> None:
        """The connection has ended: so has the answer, if nothing said how long it would be."""
        framed = {"content-length", "transfer-encoding"}
        if self.status < 200 or not framed.isdisjoint(name for name, _ in self._pairs):
            if not self._begun:
                raise Unanswered("the connection ended without an answer")
            raise Broken("the connection ended before the answer did")
        self._finish()

    def _finish(self) -> None:
        self.headers, self.body = tuple(self._pairs), b"".join(self._blocks)
        self.complete = True

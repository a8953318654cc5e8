"""A bad connection to a real service: a TCP relay that loses what it is told to lose."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class PoorLine:
    """Passes bytes on between clients and a service.

    `lose_answers` of the next connections: the request arrives, its answer does not. After
    `cut_after` bytes of answers, if it is set, the connection breaks, once. While `silent`, it
    takes connections and says nothing.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.lose_answers = 0
        self.cut_after: int | None = None
        self.silent = False
        self.connections = 0
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections, and end those that are open."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            _end(one)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                self._open.append(client)
                if self.silent:
                    continue
                loses, self.lose_answers = self.lose_answers > 0, max(0, self.lose_answers - 1)
                service = socket.create_connection(self._target)
                self._open.append(service)
                for work in (self._send_on, self._bring_back):
                    arguments = (client, service, loses)
                    threading.Thread(target=work, args=arguments, daemon=True).start()

    def _send_on(self, client: socket.socket, service: socket.socket, _loses: bool) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65_536):
                service.sendall(data)
        _end(service)

    def _bring_back(self, client: socket.socket, service: socket.socket, loses: bool) -> None:
        with contextlib.suppress(OSError):
            while data := service.recv(65_536):
                if loses:
                    break
                if self.cut_after is not None and len(data) >= self.cut_after:
                    client.sendall(data[: self.cut_after])
                    self.cut_after = None
                    break
                if self.cut_after is not None:
                    self.cut_after -= len(data)
                client.sendall(data)
        _end(client)
        _end(service)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextlib.contextmanager
def poor_line(target: str) -> Iterator[PoorLine]:
    """A bad connection to this address until the end of the block."""
    line = PoorLine(target)
    try:
        yield line
    finally:
        line.close()

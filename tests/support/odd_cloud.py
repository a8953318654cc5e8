"""Something that listens where a cloud should be, and answers as it was told to."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, Mapping[str, str], Any]
"""Status, headers, and what is sent as JSON."""


class OddCloud:
    """Gives each path its answer: status, headers, body; keeps the requests that came."""

    def __init__(self, answers: Mapping[str, Reply]) -> None:
        self.requests: list[tuple[str, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.requests.append((self.path, self.headers.get("authorization")))
                status, headers, body = answers.get(self.path, (404, {}, {}))
                content = json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def odd_cloud(**answers: Reply) -> Iterator[OddCloud]:
    """One until the end of the block; `auth_me` is the path /auth/me."""
    cloud = OddCloud({f"/{name.replace('_', '/', 1)}": one for name, one in answers.items()})
    try:
        yield cloud
    finally:
        cloud.close()

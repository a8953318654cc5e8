"""A double on the wire: it answers `GET /version` and `GET /info` as some engine would, no more.

Real engines of old versions, of other processors and of other systems cannot be had in a test;
what they say to a client can (https://docs.docker.com/reference/api/engine/).
"""

from __future__ import annotations

import json
import os
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

PRESENT: Mapping[str, Any] = {
    "Version": "28.0.1",
    "ApiVersion": "1.48",
    "MinAPIVersion": "1.24",
    "Os": "linux",
    "Arch": "amd64",
    "Platform": {"Name": "Docker Engine - Community"},
}


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    answers: Mapping[str, Any]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer what is asked, whichever API version stands before it."""
        answer = self.server.answers.get(self.path.rpartition("/")[2])
        body = json.dumps(answer if answer is not None else {"message": "page not found"}).encode()
        self.send_response(200 if answer is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def address_string(self) -> str:
        """A Unix socket's client has none."""
        return ""


@contextmanager
def engine_double(path: Path, root: Path | None = None, **description: Any) -> Iterator[str]:
    """The address of an engine with this description; `root` is its data folder."""
    with _Server(str(path), _Handler) as server:
        server.answers = {
            "version": {**PRESENT, **description},
            "info": {"DockerRootDir": os.fspath(root or "")},
        }
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"unix://{path}"
        finally:
            server.shutdown()
            thread.join()

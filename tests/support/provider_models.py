"""A stand-in for the providers' lists of models, on loopback: it answers as scripted.

It is no provider: it knows one request, the one by which a key is tested.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class ModelLists:
    """What was asked (path, headers in small letters), and the next answers; then it says 200."""

    url: str = ""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def settings(self) -> dict[str, str]:
        """The settings by which a cloud asks here."""
        return {
            "google_gemini_base_url": self.url,
            "groq_base_url": self.url,
            "openai_base_url": f"{self.url}/v1",
        }


@contextmanager
def model_lists() -> Iterator[ModelLists]:
    """The stand-in, running."""
    lists = ModelLists()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            lists.requests.append((self.path, headers))
            status = lists.answers.pop(0) if lists.answers else 200
            # Providers repeat keys in their messages: nothing of this may come out of the cloud.
            body = f'{{"error": "the key {headers}"}}'.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        lists.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield lists
        server.shutdown()

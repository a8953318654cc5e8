"""A second start and a first engine that has much to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local_engine.api.process import instance
from local_engine.api.process.instance import Address, hand_over


class Slow(BaseHTTPRequestHandler):
    """Answers as the engine does, but late."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(0.5)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        pass


@pytest.fixture
def slow() -> Iterator[Address]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Address(server.server_port, 4711, "token")
        server.shutdown()


def test_a_busy_engine_gets_the_time_that_it_needs(
    slow: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = instance.request.__kwdefaults__
    assert usual is not None
    monkeypatch.setitem(usual, "seconds", 0.1)
    hand_over(slow, "another-token-for-tests-987654321")


def test_one_that_does_not_answer_is_named(slow: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "_HAND_OVER_SECONDS", 0.1)
    with pytest.raises(TimeoutError, match=r"process 4711\) does not answer\. Wait"):
        hand_over(slow, "another-token-for-tests-987654321")

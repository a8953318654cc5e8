"""Servers that speak OpenAI's protocol, each a little otherwise, against the stand-in."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from asking import ask, provider_at
from model_providers import KEY, ModelProviders
from pydantic import SecretStr
from scripted_replies import Script

from local_engine.generator.agents.providers import (
    Model,
    OpenAICompatible,
    Outage,
    QuotaExceeded,
    RequestRejected,
    local_model,
)


def test_local_server_needs_no_key_and_costs_nothing() -> None:
    with ModelProviders(Script.load("good"), keys=("",)) as stand_in:
        model = local_model("qwen3:8b")
        asking = ask(provider_at(stand_in, "openai", key=None, model=model))
        (asked,) = stand_in.asked
    assert asking.answer is not None, asking.error
    assert asking.answer.used.cost_microdollars == 0
    assert "authorization" not in asked.headers
    assert "max_tokens" in asked.body
    assert asked.body["response_format"]["json_schema"]["strict"] is False


def test_server_that_does_not_stream() -> None:
    plain = Model(provider="openai", name="x", streams=False)
    with ModelProviders(Script.load("good")) as stand_in:
        asking = ask(provider_at(stand_in, "openai", model=plain))
        (asked,) = stand_in.asked
    assert asking.answer is not None, asking.error
    assert not asked.streamed


def test_no_credit_is_lasting() -> None:
    error = {"message": "You exceeded your current quota", "code": "insufficient_quota"}
    script = Script.of({"kind": "error", "status": 429, "body": {"error": error}})
    with ModelProviders(script) as stand_in:
        asking = ask(provider_at(stand_in, "openai"))
    assert isinstance(asking.error, QuotaExceeded)
    assert asking.error.lasting


@pytest.mark.parametrize("body", [[], "oops", 3, {"error": "oops"}, {"error": {"code": 7}}])
def test_error_of_any_shape_is_an_outage(body: Any) -> None:
    with ModelProviders(Script.of({"kind": "error", "status": 502, "body": body})) as stand_in:
        asking = ask(provider_at(stand_in, "openai"))
    assert type(asking.error) is Outage


@contextmanager
def moved_to(target: str) -> Iterator[str]:
    """A server that has moved: every request is sent elsewhere."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(307)
            self.send_header("location", f"{target}{self.path}")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_key_does_not_follow_a_redirect() -> None:
    with ModelProviders(Script.load("good")) as elsewhere, moved_to(elsewhere.gemini) as address:
        asking = ask(OpenAICompatible(SecretStr(KEY), address=f"{address}/v1"))
    assert type(asking.error) is RequestRejected
    assert elsewhere.counts.connections == 0

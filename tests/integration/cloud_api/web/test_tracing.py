"""Traces: what arrives at a collector, and what must not."""

from __future__ import annotations

import http.server
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from cloud_process import cloud_process
from cloud_service import PASSWORD
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from cloud_api.web.tracing import summary_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A web server that keeps what is exported to it."""
    got: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", got
        server.shutdown()


def spans_of(exports: list[bytes]) -> list[Span]:
    return [
        span
        for export in exports
        for resource in ExportTraceServiceRequest.FromString(export).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_requests_and_statements_arrive_without_secrets(
    new_cloud_database: Callable[[], str],
) -> None:
    email = "traced@example.com"
    with (
        collector() as (url, exports),
        cloud_process(new_cloud_database(), OTEL_EXPORTER_OTLP_ENDPOINT=url) as cloud,
        httpx.Client(base_url=cloud.url, timeout=30) as client,
    ):
        body = {"email": email, "password": PASSWORD}
        assert client.post("/auth/register", json=body).status_code == 201
        form = {"username": email, "password": PASSWORD}
        token = client.post("/auth/login", data=form).json()["access_token"]
        headers = {
            "Authorization": f"Bearer {token}",
            "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
        }
        key = {"key": "gsk_topsecret0123"}
        assert client.put("/llm-keys/groq", json=key, headers=headers).status_code == 200
        missing = "/projects/00000000-0000-4000-8000-0123456789ab?token=in-the-query"
        assert client.get(missing, headers=headers).status_code == 404
        client.get("/health")
        cloud.process.send_signal(signal.SIGTERM)
        assert cloud.wait() == 0
        spans = spans_of(exports)
        raw = b"".join(exports)
    servers = {span.name: span for span in spans if span.kind == Span.SPAN_KIND_SERVER}
    assert set(servers) == {
        "POST /auth/register",
        "POST /auth/login",
        "PUT /llm-keys/{provider}",
        "GET /projects/{project}",
    }
    put = servers["PUT /llm-keys/{provider}"]
    assert put.trace_id.hex() != TRACE, "anybody may claim to belong to a trace"
    assert put.parent_span_id == b""
    assert [link.trace_id.hex() for link in put.links] == [TRACE]
    assert not servers["POST /auth/login"].links
    inside = [span.name for span in spans if span.parent_span_id == put.span_id]
    assert {"BEGIN", "INSERT llm_keys", "COMMIT"} <= set(inside)
    for secret in (PASSWORD, email, token, key["key"], "in-the-query", "0123456789ab"):
        assert secret.encode() not in raw, secret


def test_variables_of_opentelemetry_hold(new_cloud_database: Callable[[], str]) -> None:
    """The address for traces alone is taken as it is; name and attributes are passed on."""
    variables = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1",
        "OTEL_RESOURCE_ATTRIBUTES": "service.name=of-ours,deployment.environment.name=test",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "5",
    }
    with collector() as (url, exports):
        variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = f"{url}/of/traces"
        with cloud_process(new_cloud_database(), **variables) as cloud:
            assert httpx.get(f"{cloud.url}/auth/me").status_code == 401
            cloud.process.send_signal(signal.SIGTERM)
            assert cloud.wait() == 0
        resources = [
            {one.key: one.value.string_value for one in part.resource.attributes}
            for export in exports
            for part in ExportTraceServiceRequest.FromString(export).resource_spans
        ]
    assert resources
    assert resources[0]["service.name"] == "of-ours"
    assert resources[0]["deployment.environment.name"] == "test"


@pytest.mark.full
def test_a_collector_that_is_away_holds_nobody_up(new_cloud_database: Callable[[], str]) -> None:
    away = "http://127.0.0.1:1"
    with cloud_process(new_cloud_database(), OTEL_EXPORTER_OTLP_ENDPOINT=away) as cloud:
        assert httpx.get(f"{cloud.url}/auth/me").status_code == 401
        cloud.process.send_signal(signal.SIGTERM)
        assert cloud.wait(15) == 0


def test_nothing_of_it_is_loaded_unless_asked_for() -> None:
    code = (
        "import sys, cloud_api.server, cloud_api.worker\n"
        "from cloud_api.web.tracing import start_tracing\n"
        "assert start_tracing(None) is None\n"
        "print([m for m in sys.modules if m.startswith('opentelemetry.') and '.sdk' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("sql", "summary"),
    [
        ("SELECT a FROM users WHERE b = %(c)s", "SELECT users"),
        ("\n INSERT INTO llm_keys (x) VALUES (%(x)s)", "INSERT llm_keys"),
        ("BEGIN; SET LOCAL lock_timeout = '5s'", "BEGIN"),
        ("", "statement"),
    ],
)
def test_a_statement_is_summed_up_without_values(sql: str, summary: str) -> None:
    assert summary_of(sql) == summary

"""Traces by OpenTelemetry: a span a request, and in it one a statement of the database.

They are off, and their libraries are not even loaded, unless `OTEL_EXPORTER_OTLP_ENDPOINT` or
`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` names a collector; the other variables of OpenTelemetry hold
too (the SDK reads them: sampling, headers, limits, resource, time-outs). A trace that a request
claims to belong to is linked, not continued: anybody may claim one, and that it be recorded.
A span says which route, which status, which kind of statement on which table: no path, no query
string, no header, no body, no value. What balancers and Prometheus ask for is not traced.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from psycopg import AsyncCursor
from starlette.types import Scope

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    Answered = Callable[[str, int], None]

SERVICE = "backend-generator-cloud"

_EXPORT_SECONDS = 2.0
_TIMEOUTS = ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
_QUIET = frozenset({"/health", "/ready", "/metrics"})
_TABLE = re.compile(r"\b(?:INTO|FROM|UPDATE|JOIN)\s+([a-z_][a-z0-9_]*)")


class Tracing:
    """Makes spans, and sends them to the collector in the background; what fails is dropped."""

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer(SERVICE)
        self._propagator = TraceContextTextMapPropagator()

    @contextlib.contextmanager
    def request(self, scope: Scope) -> Iterator[Answered | None]:
        """The span of a request; call what it yields with the route and status of the answer."""
        from opentelemetry.context import Context
        from opentelemetry.trace import Link, SpanKind, Status, StatusCode, get_current_span

        if scope["path"] in _QUIET:
            yield None
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        method = scope["method"]
        claimed = get_current_span(self._propagator.extract(headers, Context()))
        claimed_context = claimed.get_span_context()
        with self._tracer.start_as_current_span(
            method,
            context=Context(),
            kind=SpanKind.SERVER,
            links=[Link(claimed_context)] if claimed_context.is_valid else [],
            attributes={"http.request.method": method, "cloud.request_id": scope["request_id"]},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            def answered(route: str, status: int) -> None:
                span.update_name(f"{method} {route}")
                span.set_attributes({"http.route": route, "http.response.status_code": status})
                if status >= 500:
                    span.set_status(Status(StatusCode.ERROR))

            yield answered

    @contextlib.contextmanager
    def statement(self, sql: str) -> Iterator[None]:
        """The span of a statement, within that of the request which it belongs to."""
        from opentelemetry.trace import SpanKind, Status, StatusCode

        summary = summary_of(sql)
        with self._tracer.start_as_current_span(
            summary,
            kind=SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.query.summary": summary},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except Exception as error:
                # PostgreSQL's own words may name values.
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise

    def cursor_class(self) -> type[AsyncCursor[Any]]:
        """A cursor whose statements have spans."""
        tracing = self

        class TracedCursor(AsyncCursor[Any]):
            async def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
                with tracing.statement(query if isinstance(query, str) else ""):
                    return await super().execute(query, params, **options)

        return TracedCursor

    def close(self) -> None:
        """Send what is left. Takes a few seconds at most, also when nobody listens."""
        self._provider.shutdown()


def start_tracing(endpoint: str | None) -> Tracing | None:
    """Tracing to this address (OTLP over HTTP); None, and nothing loaded, without one."""
    if endpoint is None:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = Resource.create({"service.name": SERVICE}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=named)
    told = any(os.environ.get(name) for name in _TIMEOUTS)
    exporter = OTLPSpanExporter(endpoint, timeout=None if told else _EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Tracing(provider)


def summary_of(sql: str) -> str:
    """What kind of statement it is, on which table: `INSERT users`."""
    words = sql.split(None, 1)
    verb = words[0].rstrip(";").upper() if words else "statement"
    table = _TABLE.search(sql)
    return f"{verb} {table[1]}" if table else verb

"""The outer edge of the service, as one pure ASGI middleware.

It gives each request an id, adds the security headers, counts, traces, and writes the log line. It
also answers what failed so early or so late that the application could not.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud_api.web.logs import RequestLog, shown_path
from cloud_api.web.metrics import Metrics
from cloud_api.web.problems import Problem, problem_response
from cloud_api.web.tracing import Tracing

_log = logging.getLogger("cloud")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"permissions-policy", b"interest-cohort=()"),
)
"""Answers are data, for pages of the listed origins too: hence the resource policy."""

TRANSPORT_SECURITY = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

# The client went away, or the service was stopped, before there was an answer.
_CANCELLED = 499


class Boundary:
    """Wraps the application; see the module's description."""

    def __init__(
        self,
        app: ASGIApp,
        log: RequestLog,
        metrics: Metrics,
        tracing: Tracing | None = None,
        *,
        https: bool,
        draining: asyncio.Event,
    ) -> None:
        self._app = app
        self._log = log
        self._metrics = metrics
        self._tracing = tracing
        self._draining = draining
        self._headers = (*SECURITY_HEADERS, *((TRANSPORT_SECURITY,) if https else ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything but HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = _request_id(scope)
        if self._tracing is None:
            await self._handle(scope, receive, send)
            return
        with self._tracing.request(scope) as answered:
            status = await self._handle(scope, receive, send)
            if answered is not None:
                answered(_route(scope), status)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Have a request answered; gives the status."""
        started = time.perf_counter()
        request_id = scope["request_id"]
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": self._completed(message["headers"], request_id)}
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            # The application has answered already where it could; what is left is to break off.
            if not status:
                _log.error("unhandled error", exc_info=error, extra={"request_id": request_id})
                problem = Problem(500, "internal", "Something went wrong on our side.")
                await problem_response(problem, request_id)(scope, receive, sending)
        finally:
            status = status or _CANCELLED
            self._tell(scope, status, time.perf_counter() - started)
        return status

    def _completed(self, headers: Any, request_id: str) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        added = [pair for pair in self._headers if pair[0] not in present]
        if self._draining.is_set():
            # Balancers keep connections. One that they reuse as it closes loses them a request.
            added.append((b"connection", b"close"))
        return [*headers, *added, (b"x-request-id", request_id.encode())]

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        """The line in the log and the numbers. The route is the path as the router knows it."""
        route = _route(scope)
        method = scope["method"] if route != "none" else "other"
        self._metrics.requests.labels(method, route, str(status)).observe(seconds)
        facts: dict[str, Any] = {
            "request_id": scope["request_id"],
            "method": scope["method"],
            "path": shown_path(scope["path"], route),
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        if (user := scope.get("user_id")) is not None:
            facts["user"] = user
        self._log.write(facts)


def _route(scope: Scope) -> str:
    """The path as the router knows it; `none` where no route was found."""
    return str(getattr(scope.get("route"), "path", "none"))


def _request_id(scope: Scope) -> str:
    """The id that the client or a proxy gave the request, if it is harmless; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text: str = value.decode("latin-1")
            if _REQUEST_ID.fullmatch(text):
                return text
            break
    return secrets.token_hex(8)

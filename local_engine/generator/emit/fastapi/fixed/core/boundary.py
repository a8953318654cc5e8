"""The outer edge of the service, as one pure ASGI middleware.

It gives each request an id, turns every exception into a problem document, adds the security
headers and writes the log line. One middleware for four concerns, because each layer of wrapping
costs time on every request.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import docs, statements
from .errors import problem_of
from .logs import RequestLog
from .problem import Problem, problem_response
from .services import SCOPE_KEY, Services

logger = logging.getLogger("app")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-site"),
]
# The client went away, or the service was stopped, before there was an answer.
_CANCELLED = 499

_TRANSPORT_SECURITY = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class Boundary:
    """Wraps the application; see the module's description."""

    def __init__(self, app: ASGIApp, services: Services, log: RequestLog) -> None:
        self._app = app
        self._services = services
        self._log = log
        self._headers = list(SECURITY_HEADERS)
        if services.settings.environment == "production":
            self._headers.append(_TRANSPORT_SECURITY)
        # The documentation is a page with scripts; everything else is data.
        policy = docs.content_security_policy()
        self._docs_headers = [
            (name, policy if name == b"content-security-policy" else value)
            for name, value in self._headers
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything but HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        path = scope["path"]
        status = 0
        headers = [
            (b"x-request-id", request_id.encode()),
            *(self._docs_headers if path == docs.PATH else self._headers),
        ]

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        scope[SCOPE_KEY] = self._services
        scope["request_id"] = request_id
        statements.request_id.set(request_id)
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            problem = self._problem(error, scope)
            if status:
                raise  # the head is out already; the server breaks the connection off
            await problem_response(problem)(scope, receive, send_with_headers)
        finally:
            actor = scope.get("actor")
            user: UUID | None = actor.id if actor is not None else None
            seconds = time.perf_counter() - started
            self._log.write(request_id, scope["method"], path, status or _CANCELLED, seconds, user)

    def _problem(self, error: Exception, scope: Scope) -> Problem:
        request_id = scope["request_id"]
        problem = problem_of(error, self._services.rules, scope)
        if problem is None:
            logger.error("unhandled error", exc_info=error, extra={"request_id": request_id})
            problem = Problem(500, "internal", "Something went wrong on our side.")
        elif problem.status == 503:
            cause = error.__cause__ or error.__context__ or error
            logger.warning("unavailable: %s", cause, extra={"request_id": request_id})
        problem.extensions["request_id"] = request_id
        return problem


def _request_id(scope: Scope) -> str:
    """The id that the client or a proxy gave the request, if it is harmless; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text: str = value.decode("latin-1")
            if _REQUEST_ID.fullmatch(text):
                return text
            break
    return secrets.token_hex(8)

"""What both peers share with a generated backend, written as a careful person would by hand.

Token check (HS256, issuer, audience), one structured log line a request, request id, security
headers. One pure ASGI middleware, so that the comparison is about the data path.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt
from fastapi import HTTPException, Request

Message = MutableMapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]

HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-site"),
]


class Envelope:
    """Log line, request id and security headers around an application."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = secrets.token_hex(8)
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                request_header = (b"x-request-id", request_id.encode())
                message["headers"] = [*message["headers"], *HEADERS, request_header]
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        finally:
            line = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "level": "info",
                "logger": "app.request",
                "request_id": request_id,
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            }
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()


class Tokens:
    """Checks access tokens as the generated backend issues them."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self, request: Request) -> UUID:
        """The user's id; the signature is checked on each request, as services usually do."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise HTTPException(401)
        try:
            claims = jwt.decode(
                token, self.key, algorithms=["HS256"], issuer="app", audience="app:access"
            )
        except jwt.InvalidTokenError:
            raise HTTPException(401) from None
        return UUID(claims["sub"])

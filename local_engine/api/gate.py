"""The gate in front of the API: who may pass, and the few answers that need no more than this.

An ASGI application without a framework, so that a start is quick and so that nothing behind it is
reached by a stranger. A page of another site, or of another server on this machine, that sends
its visitor's browser here is stopped by three things: the Host header (DNS rebinding), the Origin
and Sec-Fetch-Site headers, and the token.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie

import local_engine
from local_engine.api.features.session.service import Sessions
from local_engine.api.loading import LazyApplication, Message, Receive, Scope, Send
from local_engine.api.problems import MEDIA_TYPE, Problem

COOKIE = "backend_generator"
MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_UPLOAD_BYTES = 100_000_000
API = "/api/"
ENTER = "/enter/"
UPLOADS = "/api/v1/uploads"

_CONTENT_POLICY = (
    b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    b"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Pages come from here alone, talk to here alone, and are framed by nobody.
_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"content-security-policy", _CONTENT_POLICY),
)
_WHO_ARE_YOU = (
    "Send the engine's token as `Authorization: Bearer ...`, or enter by a one-time link."
)


class Gate:
    """Lets requests through to `application`, those below `/api/` only with a token or cookie."""

    def __init__(self, port: int, sessions: Sessions, application: LazyApplication) -> None:
        hosts = ("127.0.0.1", "localhost")
        self._hosts = {f"{host}:{port}" for host in hosts}
        self._origins = {f"http://{host}" for host in self._hosts}
        self._sessions = sessions
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        send = _with_security_headers(send)
        path, headers = scope["path"], _Headers(scope["headers"])
        try:
            self._check_source(headers)
            if path == "/health":
                await _health(scope["method"], self._application.loaded, send)
            elif path.startswith(ENTER):
                await self._enter(scope["method"], path.removeprefix(ENTER), send)
            else:
                if path.startswith(API):
                    self._check_caller(headers)
                _check_size(headers, MAX_UPLOAD_BYTES if path == UPLOADS else MAX_BODY_BYTES)
                await self._application(scope, receive, send)
        except Problem as problem:
            await refuse(problem, send)

    def _check_source(self, headers: _Headers) -> None:
        if headers.all("host") not in [[host] for host in self._hosts]:
            raise Problem(
                421,
                "wrong-host",
                "The engine answers under its own loopback address only: " + self._addresses(),
            )
        origins = headers.all("origin")
        foreign = any(origin not in self._origins for origin in origins)
        if foreign or headers.all("sec-fetch-site") in (["cross-site"], ["same-site"]):
            raise Problem(
                403, "foreign-origin", "Pages of other origins may not talk to the engine."
            )

    def _check_caller(self, headers: _Headers) -> None:
        authorizations = headers.all("authorization")
        if authorizations:
            scheme, _, token = authorizations[0].partition(" ")
            known = (
                len(authorizations) == 1
                and scheme.lower() == "bearer"
                and self._sessions.knows_token(token.strip())
            )
        else:
            session = cookie_of(headers.all("cookie"))
            known = session is not None and self._sessions.knows_session(session)
        if not known:
            raise Problem(401, "no-token", _WHO_ARE_YOU, headers={"WWW-Authenticate": "Bearer"})

    async def _enter(self, method: str, code: str, send: Send) -> None:
        """Turn a one-time link into a cookie; it goes to the API alone, so no other server of this
        machine sees it unless it is asked under the same path."""
        if method != "GET":
            raise Problem(405, "method-not-allowed", "Open the link.", headers={"Allow": "GET"})
        session = self._sessions.enter(code)
        if session is None:
            raise Problem(
                403,
                "spent-link",
                "This link was used already, or is too old. Ask for a new one: "
                "backend-generator serve",
            )
        cookie = f"{COOKIE}={session}; Path=/api; HttpOnly; SameSite=Strict"
        headers = ((b"location", b"/"), (b"set-cookie", cookie.encode()))
        await _answer(303, b"", (*headers, (b"cache-control", b"no-store")), send)

    def _addresses(self) -> str:
        return ", ".join(sorted(self._origins))


def _check_size(headers: _Headers, most: int) -> None:
    """Refuse a body that is announced as too large; others are counted while they are read."""
    if any(text.isdigit() and int(text) > most for text in headers.all("content-length")):
        raise Problem(413, "too-large", f"The engine takes {most} bytes at most here.")


class _Headers:
    """The headers of a request; one that is sent twice is seen twice."""

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._pairs = [(name.lower(), value) for name, value in headers]

    def all(self, name: str) -> list[str]:
        wanted = name.encode()
        return [value.decode("latin-1").strip() for key, value in self._pairs if key == wanted]


def cookie_of(values: Iterable[str]) -> str | None:
    """The engine's session among the Cookie headers of a request."""
    for value in values:
        try:
            found = SimpleCookie(value).get(COOKIE)
        except CookieError:
            continue
        if found is not None:
            return found.value
    return None


async def refuse(problem: Problem, send: Send) -> None:
    """Answer with a problem."""
    headers = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    headers.append((b"content-type", MEDIA_TYPE.encode()))
    await _answer(problem.status, problem.body(), headers, send)


async def _health(method: str, loaded: bool, send: Send) -> None:
    if method not in ("GET", "HEAD"):
        raise Problem(405, "method-not-allowed", "GET it.", headers={"Allow": "GET, HEAD"})
    facts = {"status": "ok", "version": local_engine.__version__, "loaded": loaded}
    headers = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"))
    body = json.dumps(facts).encode()
    await _answer(200, body if method == "GET" else b"", headers, send)


async def _answer(
    status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]], send: Send
) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


def _with_security_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            added = [pair for pair in _SECURITY_HEADERS if pair[0] not in present]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return sending

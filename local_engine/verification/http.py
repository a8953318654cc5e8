"""The verifier's HTTP client: keeps connections alive and remembers every exchange."""

import json as jsonlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import quote, urlencode

from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.connections import BrokenOff, ConnectFailed, Connections
from local_engine.verification.masking import mask_body, mask_header, mask_text

Headers = tuple[tuple[str, str], ...]
# Every visible ASCII character: only what HTTP cannot carry in a target is percent-encoded.
_AS_IT_IS = "".join(chr(code) for code in range(0x21, 0x7F))

Observer = Callable[["Exchange"], None]

_recording: ContextVar[list["Exchange"] | None] = ContextVar("recording", default=None)


@dataclass(frozen=True)
class Request:
    """A request as it was sent; `target` is the path with its query.

    `source` is the address that it was sent from, where that is not the usual one.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    actor: Actor = ANONYMOUS
    source: str = ""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def header(self, name: str) -> str:
        """The first header of this name (lower case), or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True)
class Response:
    """An answer as it was received, with its body decompressed."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first header of this name (lower case), or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True)
class Exchange:
    """A request and its answer; `seconds` from sending until the body was read."""

    request: Request
    response: Response
    seconds: float = field(default=0.0, compare=False)

    @property
    def status(self) -> int:
        """The answer's status code."""
        return self.response.status

    @property
    def text(self) -> str:
        """The answer's body as text."""
        return self.response.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The answer's body as a JSON value, None where it is not JSON."""
        try:
            return jsonlib.loads(self.response.body)
        except (ValueError, RecursionError):
            return None

    def header(self, name: str) -> str:
        """The first header of the answer with this name (lower case), or an empty string."""
        return self.response.header(name)

    def __str__(self) -> str:
        return f"{self.request.method} {self.request.target[:120]} -> {self.status}"


class NoAnswer(Exception):
    """The service took the request and closed the connection, or did not answer in time."""

    def __init__(self, request: Request, reason: str) -> None:
        super().__init__(f"{request.method} {request.target[:120]}: {reason}")
        self.request = request
        self.reason = reason


class Unreachable(Exception):
    """No connection to the service could be made at all."""


def mask(exchange: Exchange) -> Exchange:
    """The exchange without the secrets in its headers and bodies."""
    request, response = exchange.request, exchange.response
    return Exchange(
        replace(
            request,
            target=mask_text(request.target),
            headers=_mask_headers(request.headers),
            body=mask_body(request.body, request.header("content-type")),
            actor=replace(request.actor, token=None, password=""),
        ),
        replace(
            response,
            headers=_mask_headers(response.headers),
            body=mask_body(response.body, response.header("content-type")),
        ),
        exchange.seconds,
    )


def _mask_headers(headers: Headers) -> Headers:
    return tuple((name, mask_header(name, value)) for name, value in headers)


@contextmanager
def recording() -> Iterator[list[Exchange]]:
    """Collect the exchanges that happen inside, in this thread and those it hands its context."""
    exchanges: list[Exchange] = []
    token = _recording.set(exchanges)
    try:
        yield exchanges
    finally:
        _recording.reset(token)


def recorded() -> list[Exchange]:
    """The exchanges collected so far, the oldest first; none outside of a `recording`."""
    return list(_recording.get() or ())


class Client:
    """Sends requests to one service; safe to use from several threads at once.

    With a `source`, connections are made from this address of the machine. `observers` are called
    with every exchange, after it was recorded; `on_write` with those of `send` that may have
    changed something (not with those of `send_request`).
    """

    def __init__(self, base_url: str, *, timeout: float = 15.0, source: str = "") -> None:
        self.base_url = base_url
        self.observers: list[Observer] = []
        self.on_write: Observer | None = None
        self._timeout = timeout
        self._source = source
        self._connections = Connections(base_url, timeout, source)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._connections.close()

    def move_to(self, base_url: str) -> None:
        """Drop all connections and talk to the service at `base_url` from now on."""
        self.base_url = base_url
        self._connections.close()
        self._connections = Connections(base_url, self._timeout, self._source)

    def send(
        self,
        method: str,
        target: str,
        *,
        actor: Actor = ANONYMOUS,
        token: str | None = None,
        json: Any = ...,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, object] | Sequence[tuple[str, object]] | None = None,
    ) -> Exchange:
        """Send one request and give its exchange; never raises for a status.

        `target` is sent as it is (no dot segments are resolved). `token` is sent instead of the
        actor's own. `json` may be any JSON value, lone surrogates included; only one of `json`,
        `form` and `body` is taken.
        Raises NoAnswer when the service breaks off, Unreachable when it cannot be connected,
        ValueError for headers that HTTP cannot carry.
        """
        request = Request(
            method,
            _with_query(target, params),
            *_encode(json, form, body, token or actor.token, headers or {}),
            actor,
            self._source,
        )
        exchange = self.send_request(request)
        if self.on_write and method != "GET" and exchange.status < 300:
            self.on_write(exchange)
        return exchange

    def send_request(self, request: Request) -> Exchange:
        """Send a request that is complete, such as one that was recorded."""
        target = quote(request.target, safe=_AS_IT_IS, errors="surrogatepass")
        started = time.perf_counter()
        try:
            status, headers, body = self._connections.exchange(
                request.method, target, request.headers, request.body
            )
        except ConnectFailed as error:
            raise Unreachable(f"no connection to {self.base_url}: {error}") from error
        except BrokenOff as error:
            raise NoAnswer(request, str(error)) from error
        response = Response(status, headers, body)
        exchange = Exchange(request, response, time.perf_counter() - started)
        self._record(exchange)
        return exchange

    def _record(self, exchange: Exchange) -> None:
        exchanges = _recording.get()
        if exchanges is not None:
            exchanges.append(exchange)
        for observer in self.observers:
            observer(exchange)


def _with_query(
    target: str, params: Mapping[str, object] | Sequence[tuple[str, object]] | None
) -> str:
    if not params:
        return target
    pairs = list(params.items()) if isinstance(params, Mapping) else list(params)
    encoded = urlencode([(key, str(value)) for key, value in pairs], errors="surrogatepass")
    return f"{target}{'&' if '?' in target else '?'}{encoded}"


def _encode(
    json: Any,
    form: Mapping[str, str] | None,
    body: bytes | None,
    token: str | None,
    headers: Mapping[str, str],
) -> tuple[Headers, bytes]:
    complete: dict[str, str] = {} if token is None else {"Authorization": f"Bearer {token}"}
    content = body or b""
    if json is not ...:
        complete["Content-Type"] = "application/json"
        content = encode_json(json)
    elif form is not None:
        complete["Content-Type"] = "application/x-www-form-urlencoded"
        content = urlencode(form).encode()
    given = {name.lower() for name in headers}
    kept = {name: value for name, value in complete.items() if name.lower() not in given}
    return tuple({**kept, **headers}.items()), content


def encode_json(value: Any) -> bytes:
    """The value as JSON in UTF-8; text that UTF-8 cannot carry is escaped instead."""
    try:
        return jsonlib.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return jsonlib.dumps(value).encode()

"""A STAND-IN for model providers, for tests: no model is behind it, its answers are scripted.

On loopback it speaks Gemini's REST (generateContent, streamGenerateContent), Groq's and OpenAI's
chat completions, so that the providers' real libraries can talk to it. It refuses what the real
ones are known to refuse, keeps every request, and counts the bytes that really went each way.
"""

from __future__ import annotations

import http.server
import io
import json
import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import chat_wire
import gemini_wire
from scripted_replies import Script, ScriptedReply
from wire import Cut, Reply

KEY = "stand-in-key-do-not-leak-0123456789"
"""The key that the stand-in takes."""

_GEMINI = re.compile(
    r"/v1(?:beta1?)?/(?:publishers/google/)?models/(?P<model>[^:/]+):"
    r"(?P<method>generateContent|streamGenerateContent)$"
)
_CHAT = re.compile(r"(?P<base>/openai/v1|/v1)/chat/completions$")


class Wire(Protocol):
    """The modules that know how a provider speaks."""

    def bad_key(self) -> Reply: ...

    def failure(self, status: int, message: str, /) -> Reply: ...

    def reply(self, scripted: ScriptedReply, body: dict[str, Any], *, streamed: bool) -> Reply: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    model: str
    streamed: bool


@dataclass(slots=True)
class Counts:
    """Bytes on the wire, headers and all, as the stand-in sees them; and its connections."""

    received: int = 0
    sent: int = 0
    connections: int = 0


@dataclass
class ModelProviders:
    """A context manager that serves a script; `tokens_per_minute` is a plan's limit (Groq)."""

    script: Script
    tokens_per_minute: int | None = None
    keys: tuple[str, ...] = (KEY,)
    asked: list[Asked] = field(default_factory=list)
    unscripted: list[Asked] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> ModelProviders:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def gemini(self) -> str:
        """The base URL for Gemini."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def groq(self) -> str:
        """The base URL for Groq."""
        return self.gemini

    @property
    def openai(self) -> str:
        """The base URL for OpenAI and its like."""
        return f"{self.gemini}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """What points the providers' libraries, and ours, at the stand-in."""
        return {
            "GOOGLE_GEMINI_BASE_URL": self.gemini,
            "GROQ_BASE_URL": self.groq,
            "OPENAI_BASE_URL": self.openai,
        }

    def reply_to(self, asked: Asked, *, gemini: bool, base: str) -> Reply:
        """What is sent back for a request."""
        wire: Wire = gemini_wire
        if not gemini:
            wire = chat_wire
        if not _has_key(asked, self.keys):
            return wire.bad_key()
        with self.lock:
            self.asked.append(asked)
        limit = self.tokens_per_minute if base == "/openai/v1" else None
        refused = (
            gemini_wire.refusal_of(asked.body)
            if gemini
            else chat_wire.refusal_of(asked.body, groq=base == "/openai/v1", limit=limit)
        )
        if refused is not None:
            return refused
        with self.lock:
            scripted = self.script.take(asked.model, json.dumps(asked.body, ensure_ascii=False))
            if scripted is None:
                self.unscripted.append(asked)
                return wire.failure(500, "The stand-in's script has no reply for this.")
        return wire.reply(scripted, asked.body, streamed=asked.streamed)


def _has_key(asked: Asked, keys: tuple[str, ...]) -> bool:
    bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
    return (asked.headers.get("x-goog-api-key") or bearer) in keys


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, owner: ModelProviders) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is nothing to report."""


class _Counted(io.RawIOBase):
    """A connection that counts what goes through it."""

    def __init__(self, connection: socket.socket, counts: Counts, lock: threading.Lock) -> None:
        self._connection = connection
        self._counts = counts
        self._lock = lock

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = self._connection.recv_into(buffer)
        with self._lock:
            self._counts.received += size
        return size

    def write(self, data: Any) -> int:
        self._connection.sendall(data)
        size = memoryview(data).nbytes
        with self._lock:
            self._counts.sent += size
        return size


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        socketserver.BaseRequestHandler.setup(self)
        self.connection = self.request
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        owner = self.server.owner
        with owner.lock:
            owner.counts.connections += 1
        counted = _Counted(self.connection, owner.counts, owner.lock)
        self.rfile = io.BufferedReader(counted)
        self.wfile = cast("Any", counted)

    def finish(self) -> None:
        with suppress(OSError):
            self.rfile.close()

    def log_message(self, *_: object) -> None:
        """Nothing: it would say paths only, but nobody reads it."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        path = self.path.partition("?")[0]
        gemini, chat = _GEMINI.match(path), _CHAT.match(path)
        if gemini is None and chat is None:
            self._send(chat_wire.failure(404, "There is nothing here."))
            return
        if gemini is not None:
            model, streamed = gemini["model"], gemini["method"] == "streamGenerateContent"
        else:
            model, streamed = str(body.get("model")), bool(body.get("stream"))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(path, headers, body, model, streamed)
        base = chat["base"] if chat else ""
        self._send(self.server.owner.reply_to(asked, gemini=gemini is not None, base=base))

    def _send(self, reply: Reply) -> None:
        if self.server.owner.closing.wait(reply.delay_seconds):
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if isinstance(reply.content, bytes):
            self.send_header("content-length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)
            return
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self._stream(reply.content)

    def _stream(self, pieces: Iterator[bytes]) -> None:
        try:
            for piece in pieces:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                if self.server.owner.closing.is_set():
                    break
        except Cut:  # in the middle of a chunked body: no client can take it for the end
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.wfile.write(b"0\r\n\r\n")

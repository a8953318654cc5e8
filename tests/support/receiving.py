"""Receivers for what a service sends: a web server and a mail server, which keep what they get."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from local_engine.runtime.ports import free_port

_PATIENCE_SECONDS = 20.0


@dataclass
class Received:
    """What a web server got (headers in small letters, body), and what it answers.

    `answers` are the next statuses; then it answers 204. While `held` is set to an event, answers
    wait for it.
    """

    url: str
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    held: threading.Event | None = None


@contextmanager
def web_receiver() -> Iterator[Received]:
    """A web server that keeps what is posted to it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if received.held is not None:
                received.held.wait(_PATIENCE_SECONDS)
            status = received.answers.pop(0) if received.answers else 204
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        received = Received(f"http://127.0.0.1:{server.server_port}/hook?x=1")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield received
        server.shutdown()


@dataclass
class Mailbox:
    """What a mail server got, and its next answers to that (then it accepts)."""

    url: str
    mails: list[bytes] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail in; the name is that of the library's protocol."""
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """An SMTP server that keeps what it is given."""
    port = free_port()
    mailbox = Mailbox(f"smtp://127.0.0.1:{port}")
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()

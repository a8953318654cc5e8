"""The client: what it sends, what it remembers, and what it says when a server breaks off."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from local_engine.verification import connections
from local_engine.verification.actors import Actor
from local_engine.verification.context import together
from local_engine.verification.http import Client, NoAnswer, Unreachable, recording

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: "1"\r\n\r\n{}'


@contextmanager
def server(handle: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that hands each connection to `handle`, in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=run, args=(connection,), daemon=True).start()

        def run(connection: socket.socket) -> None:
            with connection:
                handle(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


class Recorder:
    """Answers every request in the same way and keeps what was sent, a connection at a time."""

    def __init__(self, answer: bytes = OK) -> None:
        self.answer = answer
        self.received: list[bytes] = []

    def __call__(self, connection: socket.socket) -> None:
        position = len(self.received)
        self.received.append(b"")
        while data := connection.recv(1_000_000):
            self.received[position] += data
            if data.endswith((b"\r\n\r\n", b"}", b"0\r\n\r\n")):
                connection.sendall(self.answer)


def test_a_request_as_it_is_sent() -> None:
    recorder = Recorder()
    actor = Actor("owner", "1", "secret-token")
    with server(recorder) as url, Client(url) as client:
        exchange = client.send(
            "POST", "/a/../b", actor=actor, json={"a": "ü"}, params=[("q", "ü &"), ("q", "\ud800")]
        )

    sent = recorder.received[0]
    assert sent.startswith(b"POST /a/../b?q=%C3%BC+%26&q=%ED%A0%80 HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer secret-token\r\n" in sent
    assert b"\r\nContent-Type: application/json\r\n" in sent
    assert sent.endswith('\r\nContent-Length: 11\r\n\r\n{"a": "ü"}'.encode())
    assert exchange.status == 200
    assert exchange.header("etag") == '"1"'
    assert exchange.json == {}
    assert "secret-token" not in repr(exchange.request.actor)


def test_text_that_utf_8_cannot_carry_is_escaped() -> None:
    recorder = Recorder()
    with server(recorder) as url, Client(url) as client:
        client.send("POST", "/", json={"a": "\ud800"})

    assert recorder.received[0].endswith(b'{"a": "\\ud800"}')


def test_a_body_in_chunks() -> None:
    recorder = Recorder()
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    with server(recorder) as url, Client(url) as client:
        client.send("POST", "/", body=b"12345", headers=headers)

    assert b"Content-Length" not in recorder.received[0]
    assert recorder.received[0].endswith(b"\r\n\r\n5\r\n12345\r\n0\r\n\r\n")


def test_a_post_without_a_body_says_so() -> None:
    recorder = Recorder()
    with server(recorder) as url, Client(url) as client:
        client.send("POST", "/")
        client.send("GET", "/")

    assert recorder.received[0].count(b"Content-Length: 0") == 1


def test_connections_are_used_again_until_they_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    with server(recorder) as url, Client(url) as client:
        client.send("GET", "/1")
        client.send("GET", "/2")
        assert len(recorder.received) == 1
        monkeypatch.setattr(connections, "IDLE_SECONDS", -1.0)
        client.send("GET", "/3")
        assert len(recorder.received) == 2
        client.move_to(url)
        client.send("GET", "/4")
        assert len(recorder.received) == 3


def test_a_server_that_answers_before_it_has_read_all() -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1_000_000):
            pass

    with server(refuse) as url, Client(url) as client:
        assert client.send("POST", "/", body=b"x" * 20_000_000).status == 413


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", b"nonsense\r\n\r\n"]
)
def test_a_server_that_breaks_off(answer: bytes) -> None:
    def break_off(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(answer)

    with server(break_off) as url, Client(url) as client, pytest.raises(NoAnswer, match="GET /x"):
        client.send("GET", "/x")


def answers_once(connection: socket.socket) -> None:
    """Keeps the connection, and closes it when another request is on its way."""
    connection.recv(1000)
    connection.sendall(OK)
    connection.recv(1000)


def test_a_connection_that_is_closed_as_it_is_used_again_costs_no_read() -> None:
    with server(answers_once) as url, Client(url) as client:
        for _ in range(3):
            assert client.send("GET", "/").status == 200


def test_a_write_is_never_sent_twice() -> None:
    with server(answers_once) as url, Client(url) as client:
        client.send("GET", "/")
        with pytest.raises(NoAnswer, match=r"POST /: .* ended without an answer"):
            client.send("POST", "/", json={})


def test_a_server_that_dies_of_a_request_is_one_that_breaks_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer_and_die() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(OK)
                connection.recv(1000)
                listening.close()

        threading.Thread(target=answer_and_die, daemon=True).start()
        with Client(f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
            client.send("GET", "/")
            with pytest.raises(NoAnswer, match="GET /x"):
                client.send("GET", "/x")


def test_a_server_that_says_nothing() -> None:
    waits = threading.Event()

    def wait(_: socket.socket) -> None:
        waits.wait(5)

    with (
        server(wait) as url,
        Client(url, timeout=0.05) as client,
        pytest.raises(NoAnswer, match="TimeoutError"),
    ):
        client.send("GET", "/")
    waits.set()


def test_no_server_at_all() -> None:
    with Client("http://127.0.0.1:1") as client, pytest.raises(Unreachable):
        client.send("GET", "/")


def test_a_header_that_http_cannot_carry() -> None:
    with (
        server(Recorder()) as url,
        Client(url) as client,
        pytest.raises(ValueError, match="Invalid header"),
    ):
        client.send("GET", "/", headers={"X": "a\r\nY: b"})


def test_exchanges_are_recorded_from_every_thread() -> None:
    with server(Recorder()) as url, Client(url) as client:
        observed: list[str] = []
        client.observers.append(lambda exchange: observed.append(exchange.request.target))
        with recording() as seen:
            together([lambda n=n: client.send("GET", f"/{n}") for n in range(5)])  # type: ignore[misc]
        client.send("GET", "/later")

    assert sorted(exchange.request.target for exchange in seen) == [f"/{n}" for n in range(5)]
    assert len(observed) == 6

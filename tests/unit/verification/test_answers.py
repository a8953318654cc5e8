"""Reading answers: every way in which HTTP/1.1 says where one ends, and what is none."""

import socket
import threading
from collections.abc import Iterable

import pytest

from local_engine.verification.answers import Answer, Broken

HEAD = b"HTTP/1.1 200 OK\r\n"


def read(*blocks: bytes) -> Answer:
    """The answer that these blocks make, each of them sent by itself; then the connection ends."""
    ours, theirs = socket.socketpair()

    def send(blocks: Iterable[bytes]) -> None:
        with theirs:
            for block in blocks:
                theirs.sendall(block)

    sending = threading.Thread(target=send, args=(blocks,))
    sending.start()
    answer = Answer()
    with ours:
        try:
            answer.read(ours)
        finally:
            sending.join()
    return answer


def test_an_answer_in_one_piece() -> None:
    answer = read(HEAD + b"Content-Length: 2\r\nETag:  W/1 \r\nX: a\r\nX: \xe4\r\n\r\n{}")

    assert (answer.status, answer.body, answer.lasts) == (200, b"{}", True)
    assert [value for name, value in answer.headers if name == "etag"] == ["W/1"]
    assert [value for name, value in answer.headers if name == "x"] == ["a", "ä"]


def test_an_answer_byte_by_byte() -> None:
    whole = HEAD + b"Content-Length: 3\r\nLocation: /todos/1\r\n\r\nabc"

    answer = read(*(whole[position : position + 1] for position in range(len(whole))))

    assert answer.headers == (("content-length", "3"), ("location", "/todos/1"))
    assert answer.body == b"abc"


@pytest.mark.parametrize(
    ("sent", "body", "lasts"),
    [
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", b"abc", True),
        (HEAD + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc", b"abc", False),
        (HEAD + b"\r\nuntil the end", b"until the end", False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", b"", True),
        (HEAD + b"Content-Length: 0\r\n\r\nHTTP/1.1 500 Another\r\n\r\n", b"", False),
    ],
)
def test_where_an_answer_ends(sent: bytes, body: bytes, lasts: bool) -> None:
    answer = read(sent)

    assert (answer.body, answer.lasts) == (body, lasts)
    assert answer.status != 500


def test_what_comes_before_the_answer_is_passed_over() -> None:
    answer = read(b"HTTP/1.1 100 Continue\r\nX: 1\r\n\r\n", HEAD, b"Content-Length: 1\r\n\r\nx")

    assert (answer.status, answer.body) == (200, b"x")
    assert answer.headers == (("content-length", "1"),)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200",
        b"nonsense\r\n\r\n",
        HEAD + b"Content-Length: 9\r\n\r\nshort",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nshort",
        HEAD + b"Content-Length: 1",
        HEAD + b"A header: x\r\n\r\n",
    ],
)
def test_what_is_no_whole_answer(sent: bytes) -> None:
    with pytest.raises(Broken):
        read(sent)

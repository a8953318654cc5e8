"""Runs a command in a container with an input, and gives what it wrote."""

from __future__ import annotations

import contextlib
import io
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from docker import APIClient

_STANDARD_ERROR = 2
_BLOCK_BYTES = 256 * 1024


class Sink(Protocol):
    """All that is asked of where an output goes."""

    def write(self, block: bytes, /) -> object:
        """Take all of it."""


@dataclass(frozen=True)
class Executed:
    """What came of a command."""

    exit_code: int
    output: str
    complaints: str


def execute(
    client: APIClient, container: str, command: Sequence[str], standard_input: str = ""
) -> Executed:
    """Run a command as the container's own user. What it is given is in no argument."""
    output = io.BytesIO()
    code, complaints = stream(
        client, container, command, io.BytesIO(standard_input.encode()), output
    )
    return Executed(code, _text(output.getvalue()), complaints)


def stream(
    client: APIClient,
    container: str,
    command: Sequence[str],
    source: IO[bytes] | None = None,
    into: Sink | None = None,
) -> tuple[int, str]:
    """The same for any amount of data, of which little is in memory: exit code and complaints.

    It may write while it still reads. Raises OSError, and what `source` and `into` raise.
    """
    from docker.utils.socket import frames_iter

    identity = client.exec_create(container, list(command), stdin=source is not None)["Id"]
    answer: Any = client.exec_start(identity, socket=True)
    connection: Any = getattr(answer, "_sock", answer)
    complaints = b""
    with ThreadPoolExecutor(1) as aside, contextlib.ExitStack() as held:
        held.enter_context(contextlib.closing(answer))
        held.callback(_end, connection)  # nobody is to go on sending
        sent = aside.submit(_send, connection, source) if source is not None else None
        for number, piece in frames_iter(answer, tty=False):  # type: ignore[no-untyped-call]
            if number == _STANDARD_ERROR:
                complaints += piece
            elif into is not None:
                into.write(piece)
    if sent is not None:
        sent.result()
    return int(client.exec_inspect(identity)["ExitCode"]), _text(complaints)


def _send(connection: socket.socket, source: IO[bytes]) -> None:
    connection.settimeout(None)  # a command may take its time with what it has got
    try:
        # One that has ended reads no more; its own words say why.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while block := source.read(_BLOCK_BYTES):
                connection.sendall(block)
    finally:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")

"""Runs a command in a container with an input, and gives what it wrote."""

from __future__ import annotations

import contextlib
import io
import socket
from collections.abc import Sequence
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

    The command has to read its input before it writes much. Raises OSError, and what `source` and
    `into` raise.
    """
    from docker.utils.socket import frames_iter

    identity = client.exec_create(container, list(command), stdin=source is not None)["Id"]
    answer: Any = client.exec_start(identity, socket=True)
    connection: Any = getattr(answer, "_sock", answer)
    complaints = b""
    with contextlib.closing(answer):
        if source is not None:
            # One that has ended reads no more; its own words say why.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                while block := source.read(_BLOCK_BYTES):
                    connection.sendall(block)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
        for number, piece in frames_iter(answer, tty=False):  # type: ignore[no-untyped-call]
            if number == _STANDARD_ERROR:
                complaints += piece
            elif into is not None:
                into.write(piece)
    return int(client.exec_inspect(identity)["ExitCode"]), _text(complaints)


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")

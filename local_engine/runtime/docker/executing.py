"""Runs a command in a container with an input, and gives what it wrote."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docker import APIClient

_STANDARD_ERROR = 2


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
    from docker.utils.socket import frames_iter

    identity = client.exec_create(container, list(command), stdin=True)["Id"]
    stream: Any = client.exec_start(identity, socket=True)
    connection: Any = getattr(stream, "_sock", stream)
    said: dict[int, list[bytes]] = {}
    with contextlib.closing(stream):
        connection.sendall(standard_input.encode())
        connection.shutdown(socket.SHUT_WR)
        for number, piece in frames_iter(stream, tty=False):  # type: ignore[no-untyped-call]
            said.setdefault(number, []).append(piece)
    complaints = said.pop(_STANDARD_ERROR, [])
    output = [piece for pieces in said.values() for piece in pieces]
    code = int(client.exec_inspect(identity)["ExitCode"])
    return Executed(code, _text(output), _text(complaints))


def _text(pieces: list[bytes]) -> str:
    return b"".join(pieces).decode("utf-8", errors="replace")

"""A small HTTP/1.1 client that costs little, and the CPU time of a server while it is used."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil


@dataclass(frozen=True)
class Call:
    """One request to repeat."""

    method: str
    path: str
    body: bytes = b""

    def encode(self, host: str, token: str) -> bytes:
        """The request as it goes over the wire."""
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            f"Host: {host}",
            f"Authorization: Bearer {token}",
            "Accept: application/json",
        ]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def cpu_microseconds(
    base_url: str, pid: int, call: Call, token: str, requests: int, connections: int = 4
) -> float:
    """CPU time (user and system) that process `pid` spends on one request, in microseconds.

    Raises AssertionError if an answer is not a 2xx.
    """
    process = psutil.Process(pid)
    asyncio.run(_drive(base_url, call, token, max(requests // 5, 50), connections))  # warm up
    before = process.cpu_times()
    asyncio.run(_drive(base_url, call, token, requests, connections))
    after = process.cpu_times()
    spent = (after.user + after.system) - (before.user + before.system)
    return spent * 1e6 / requests


async def _drive(base_url: str, call: Call, token: str, requests: int, connections: int) -> None:
    address = urlsplit(base_url)
    assert address.hostname is not None
    assert address.port is not None
    wire = call.encode(address.netloc, token)
    share = requests // connections
    await asyncio.gather(
        *[_connection(address.hostname, address.port, wire, share) for _ in range(connections)]
    )


async def _connection(host: str, port: int, wire: bytes, requests: int) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for _ in range(requests):
        writer.write(wire)
        head = await reader.readuntil(b"\r\n\r\n")
        status, length = _head(head)
        await reader.readexactly(length)
        assert 200 <= status < 300, head
    writer.close()


def _head(head: bytes) -> tuple[int, int]:
    lines = head.split(b"\r\n")
    status = int(lines[0].split(b" ")[1])
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return status, int(value)
    return status, 0


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in plain text, first column to the left, the others to the right."""
    cells = [list(columns), *[[_cell(value) for value in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    lines = [
        "  ".join(
            cell.ljust(widths[i]) if i == 0 else cell.rjust(widths[i]) for i, cell in enumerate(row)
        )
        for row in cells
    ]
    return "\n".join(["", title, *lines])


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def json_body(**values: object) -> bytes:
    """A request body."""
    return json.dumps(values).encode()

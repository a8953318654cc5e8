"""Hands TCP connections on: `forward.py PORT HOST HOST_PORT`. Standard library only.

The service stands in a network without a way out, and such networks publish no ports: this program
stands in between. A name may have several addresses, one for each replica: they take turns, and one
that does not answer is passed over. While nobody answers, because the service is being replaced or
starts again, connections wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

PATIENCE_SECONDS = 20.0
_ADDRESS_SECONDS = 2.0
_PAUSE_SECONDS = 0.05
_CHUNK = 64 * 1024
_BACKLOG = 1024
_THREADS = 4
"""That ask for the addresses of names."""

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Target:
    """Where connections lead: the name is asked for its addresses anew for each one."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._turns: Iterator[int] = itertools.count()

    async def connect(self) -> _Streams:
        """A connection to the replica whose turn it is. Raises `OSError` when none answers."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return await self._connect_to_one()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_PAUSE_SECONDS)

    async def addresses(self) -> list[str]:
        """Sorted: the system's own order would prefer the same one each time (RFC 6724)."""
        found = await asyncio.get_running_loop().getaddrinfo(
            self._host, self._port, family=socket.AF_INET, type=socket.SOCK_STREAM
        )
        return sorted({str(entry[4][0]) for entry in found})

    async def _connect_to_one(self) -> _Streams:
        addresses = await self.addresses()
        first = next(self._turns)
        failure = OSError(f"{self._host} has no address")
        for number in range(len(addresses)):
            address = addresses[(first + number) % len(addresses)]
            try:
                async with asyncio.timeout(_ADDRESS_SECONDS):
                    return await asyncio.open_connection(address, self._port, limit=_CHUNK)
            except OSError as error:  # which a time-out is, too
                failure = error
        raise failure


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what one side says, and that it has nothing more to say."""
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def _serve(port: int, target: Target) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there, back = await target.connect()
            await _both(asyncio.gather(_copy(reader, back), _copy(there, writer)), back)
        writer.close()

    # One a processor, the default, may be more than this container may have.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    server = await asyncio.start_server(
        handle,
        "0.0.0.0",  # noqa: S104 - only the container's own networks reach it
        port,
        limit=_CHUNK,
        backlog=_BACKLOG,
    )
    async with server:
        await server.serve_forever()


async def _both(copying: asyncio.Future[tuple[None, None]], back: asyncio.StreamWriter) -> None:
    try:
        await copying
    finally:
        copying.cancel()
        back.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Target(sys.argv[2], int(sys.argv[3]))))

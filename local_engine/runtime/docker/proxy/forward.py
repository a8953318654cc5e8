"""Hands TCP connections on: `forward.py PORT HOST HOST_PORT`. Standard library only.

The service stands in a network without a way out, and such networks publish no ports: this program
stands in between. While nobody answers, because the service is being replaced or starts again,
connections wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time

PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.05
_CHUNK = 64 * 1024
_BACKLOG = 1024


async def _connect(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await asyncio.open_connection(host, port, limit=_CHUNK)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what one side says, and that it has nothing more to say."""
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def _serve(port: int, host: str, host_port: int) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there, back = await _connect(host, host_port)
            await _both(asyncio.gather(_copy(reader, back), _copy(there, writer)), back)
        writer.close()

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
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))

"""The proxy's program, with real servers on several addresses of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from local_engine.runtime.docker.proxy.forward import Target
from local_engine.runtime.ports import free_port

ONE, OTHER, DEAD = "127.0.0.1", "127.0.0.2", "127.0.0.3"


class Replicas(Target):
    """A name with these addresses."""

    def __init__(self, port: int, *known: str) -> None:
        super().__init__("a-name", port)
        self.known = list(known)

    async def addresses(self) -> list[str]:
        return self.known


@asynccontextmanager
async def listening(address: str, port: int) -> AsyncIterator[None]:
    """A server that says its address to whoever connects."""

    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(address.encode())
        writer.close()

    try:
        server = await asyncio.start_server(say, address, port)
    except OSError as error:
        pytest.skip(f"no server can listen on {address} here: {error}")
    async with server:
        yield


async def answers(target: Target, count: int) -> list[str]:
    found = []
    for _ in range(count):
        reader, writer = await target.connect()
        found.append((await reader.read()).decode())
        writer.close()
    return found


async def _turns() -> None:
    port = free_port()
    async with AsyncExitStack() as servers:
        for address in (ONE, OTHER):
            await servers.enter_async_context(listening(address, port))
        assert await answers(Replicas(port, ONE, OTHER), 4) == [ONE, OTHER, ONE, OTHER]
        passed_over = await answers(Replicas(port, ONE, OTHER, DEAD), 6)
        assert set(passed_over) == {ONE, OTHER}


def test_replicas_take_turns_and_a_dead_one_is_passed_over() -> None:
    asyncio.run(_turns())


async def _waits() -> None:
    port = free_port()
    target = Replicas(port)
    waiting = asyncio.create_task(answers(target, 1))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    async with listening(ONE, port):
        target.known = [ONE]
        assert await waiting == [ONE]


def test_a_connection_waits_until_there_is_a_replica() -> None:
    asyncio.run(_waits())

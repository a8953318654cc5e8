"""The proxy's program, with real servers on several addresses of this machine."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager

import psutil
import pytest
from killing import eventually

from local_engine.runtime.docker.proxy import forward
from local_engine.runtime.docker.proxy.forward import Target
from local_engine.runtime.ports import free_port, is_free

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


_ON_A_LARGE_MACHINE = f"""
import os, runpy, sys
os.cpu_count = os.process_cpu_count = lambda: 128
sys.argv = ["forward.py", *sys.argv[1:]]
runpy.run_path({str(forward.__file__)!r}, run_name="__main__")
"""


def test_the_number_of_threads_is_not_that_of_processors() -> None:
    """The container may have 32 of them; each connection asks for the addresses of a name."""
    port = free_port()
    program = [sys.executable, "-c", _ON_A_LARGE_MACHINE, str(port), "localhost", str(free_port())]
    with subprocess.Popen(program) as process, ExitStack() as connections:
        try:
            assert eventually(lambda: not is_free(port), 20)
            for _ in range(40):
                connections.enter_context(socket.create_connection(("127.0.0.1", port)))
            seen = max(_threads(process.pid) for _ in range(200))
        finally:
            process.kill()
    assert 1 < seen <= 5


def _threads(pid: int) -> int:
    time.sleep(0.005)
    return psutil.Process(pid).num_threads()

"""Replicas under load, drained and replaced; their database restarted; many streams at once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack

import httpx
import psutil
import psycopg
import pytest
from balancer import nginx_before
from cloud_process import CloudProcess, cloud_process
from cloud_service import PASSWORD
from constant_load import constant_load

from local_engine.runtime.ports import free_port
from local_engine.runtime.postgres import PostgresServer, temporary_server

pytestmark = pytest.mark.full

STREAMS, MEGABYTES = 200, 150
_EMAIL = "somebody@example.com"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that may be stopped: no other test has it."""
    with temporary_server() as started:
        yield started


def token_of(url: str, email: str = _EMAIL) -> str:
    body = {"email": email, "password": PASSWORD}
    httpx.post(f"{url}/auth/register", json=body, timeout=60).raise_for_status()
    form = {"username": email, "password": PASSWORD}
    answer = httpx.post(f"{url}/auth/login", data=form, timeout=60).raise_for_status()
    return str(answer.json()["access_token"])


def projects_in(database_url: str) -> list[str]:
    with psycopg.connect(database_url) as connection:
        return [str(row[0]) for row in connection.execute("SELECT id FROM projects").fetchall()]


def test_no_request_is_lost_while_replicas_are_drained_and_replaced(
    server: PostgresServer,
) -> None:
    database = server.create_database("cloud_replaced")
    ports = [free_port(), free_port()]

    with ExitStack() as stack:

        def start(port: int) -> CloudProcess:
            settings = {"PORT": str(port), "PLATFORM_DRAIN_SECONDS": "2", "LOG_LEVEL": "WARNING"}
            return stack.enter_context(cloud_process(database.url, **settings))

        replicas = [start(port) for port in ports]
        url = stack.enter_context(nginx_before(ports))
        with constant_load(url, token_of(url)) as load:
            load.wait_for(50)
            for old, port in zip(replicas, ports, strict=True):
                old.process.send_signal(signal.SIGTERM)
                assert old.wait() == 0
                load.wait_for(50)
                start(port)
                load.wait_for(50)
    assert set(load.statuses) == {200}, load.statuses
    assert sorted(projects_in(database.url)) == sorted(load.created)
    print(f"{load.statuses.total()} requests, none lost")


def test_a_restarted_database_costs_refusals_and_no_data(server: PostgresServer) -> None:
    """While it is away: 503 or no worse; afterwards all goes on, and what was promised is there."""
    database = server.create_database("cloud_restarted")
    with psycopg.connect(database.url) as connection:
        # A server for tests promises less than PostgreSQL does by default.
        connection.execute("ALTER DATABASE cloud_restarted SET synchronous_commit = on")
    with (
        cloud_process(database.url, PLATFORM_DB_WAIT_SECONDS="1", LOG_LEVEL="WARNING") as cloud,
        constant_load(cloud.url, token_of(cloud.url)) as load,
    ):
        load.wait_for(50)
        for at_once in (False, True):
            server.stop(at_once=at_once)
            server.start()
            load.wait_for(100)
        assert cloud.process.poll() is None
    assert set(load.statuses) <= {200, 503}, load.statuses
    assert set(load.created) <= set(projects_in(database.url))
    print(f"statuses: {dict(load.statuses)}")


def test_many_streams_are_held_in_little_memory(server: PostgresServer) -> None:
    """Runs that nobody carries out, each followed by a few streams that live on heartbeats."""
    database = server.create_database("cloud_streams")
    settings = {
        "PLATFORM_WORKER_IN_PROCESS": "false",
        "PLATFORM_HEARTBEAT_SECONDS": "1",
        "PLATFORM_PASSWORD_THREADS": "1",
        "LOG_LEVEL": "WARNING",
    }
    with cloud_process(database.url, **settings) as cloud:
        tokens = [token_of(cloud.url, f"p{number}@example.com") for number in range(STREAMS // 4)]
        beats = asyncio.run(_follow(cloud, tokens))
    assert len(beats) == STREAMS
    assert min(beats.values()) >= 1


async def _follow(cloud: CloudProcess, tokens: list[str]) -> dict[int, int]:
    """Open four streams with each token; count the heartbeats of each; look at the memory."""
    beats: dict[int, int] = {}
    limits = httpx.Limits(max_connections=STREAMS + 1)
    async with (
        httpx.AsyncClient(base_url=cloud.url, timeout=60, limits=limits, trust_env=False) as client,
        AsyncExitStack() as stack,
    ):
        answers = []
        for token in tokens:
            headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
            for _ in range(4):
                ask = client.stream(
                    "POST", "/generate-from-prompt", headers=headers, json={"prompt": "A todo API"}
                )
                answer = await stack.enter_async_context(ask)
                assert answer.status_code == 200, await answer.aread()
                answers.append(answer)

        async def read(number: int, answer: httpx.Response) -> None:
            async for line in answer.aiter_lines():
                if line.startswith(":"):
                    beats[number] = beats.get(number, 0) + 1
                    return

        async with asyncio.timeout(60):
            await asyncio.gather(*(read(*pair) for pair in enumerate(answers)))
        megabytes = psutil.Process(cloud.process.pid).memory_info().rss / 1e6
        print(f"{len(answers)} streams, {megabytes:.0f} MB")
        assert megabytes < MEGABYTES
    return beats

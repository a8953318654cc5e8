"""Rate limits: at most so many in any stretch of time, counted right under concurrency."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from reference_project import FIXED
from starlette.requests import Request

from local_engine.generator.emit.fastapi.fixed.core.actor import ANONYMOUS, Actor
from local_engine.generator.emit.fastapi.fixed.core.problem import Problem
from local_engine.generator.emit.fastapi.fixed.core.rate_limit import RateLimit, limit_rate
from local_engine.generator.emit.fastapi.fixed.core.services import SCOPE_KEY, Services
from local_engine.generator.emit.fastapi.fixed.core.settings import load_settings
from local_engine.runtime.postgres import Database

HOUR = RateLimit("cake.create", 10, 3600)


def run(database: Database, tmp_path: Path, test: Callable[[Services], Awaitable[None]]) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute((FIXED / "migrations/0001_core.up.sql").read_text())
    settings = load_settings(database_url=database.url, secret_key="k" * 32)

    async def within() -> None:
        services = Services.of(settings, {}, tmp_path)
        async with services.database:
            await test(services)

    asyncio.run(within())


async def allowed(services: Services, limit: RateLimit, user: UUID | None, host: str = "h") -> int:
    """0 if the request is allowed, else the seconds to wait."""
    request = Request({"type": "http", "client": (host, 1), "headers": [], SCOPE_KEY: services})
    try:
        await limit_rate(request, ANONYMOUS if user is None else Actor.of(user), limit)
    except Problem as problem:
        refusal = problem
    else:
        return 0
    assert refusal.status == 429
    return int(refusal.headers["retry-after"])


def test_so_many_and_no_more(database: Database, tmp_path: Path) -> None:
    async def test(services: Services) -> None:
        one, other = uuid4(), uuid4()
        assert [await allowed(services, HOUR, one) for _ in range(10)] == [0] * 10
        assert 0 < await allowed(services, HOUR, one) <= 3600
        assert await allowed(services, HOUR, other) == 0
        assert await allowed(services, RateLimit("cake.update", 10, 3600), one) == 0
        assert await allowed(services, HOUR, None) == 0

    run(database, tmp_path, test)


def test_all_at_once_are_counted(database: Database, tmp_path: Path) -> None:
    async def test(services: Services) -> None:
        user = uuid4()
        waits = await asyncio.gather(*(allowed(services, HOUR, user) for _ in range(30)))
        assert waits.count(0) == 10

    run(database, tmp_path, test)


def test_anonymous_requests_are_counted_by_address(database: Database, tmp_path: Path) -> None:
    async def test(services: Services) -> None:
        for _ in range(10):
            await allowed(services, HOUR, None, "1.1.1.1")
        assert await allowed(services, HOUR, None, "1.1.1.1") > 0
        assert await allowed(services, HOUR, None, "2.2.2.2") == 0

    run(database, tmp_path, test)


def test_the_window_slides(database: Database, tmp_path: Path) -> None:
    """In any stretch of a second there are ten at most, not twice as many at some border."""
    limit = RateLimit("x", 10, 1)

    async def test(services: Services) -> None:
        user = uuid4()
        times: list[float] = []
        end = time.monotonic() + 2.6
        while time.monotonic() < end:
            if await allowed(services, limit, user) == 0:
                times.append(time.monotonic())
            await asyncio.sleep(0.005)
        assert len(times) >= 20, "the limit must let go again"
        for start in times:
            assert sum(start <= moment < start + 0.95 for moment in times) <= 10

    run(database, tmp_path, test)

"""Looking after a run while a model thinks."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from cloud_api.features.generations import agents
from cloud_api.features.generations.makers import CalledOff
from cloud_api.web.problems import Problem
from local_engine.contracts.generation import Noticed
from local_engine.generator.agents.providers import Call


def test_watch_outlasts_a_lost_database_and_then_calls_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agents, "_LOOK_SECONDS", 0.0)
    met: list[Exception | None] = [
        None,
        psycopg.OperationalError("gone"),
        Problem(503, "unavailable", "The database is away."),
        CalledOff(),
    ]

    async def report(found: list[Noticed]) -> None:
        assert found == []
        if (error := met.pop(0)) is not None:
            assert not call.cancelled.is_set()
            raise error

    call = Call.lasting(20.0)
    asyncio.run(asyncio.wait_for(agents._watch(report, call), 5))
    assert call.cancelled.is_set()
    assert met == []

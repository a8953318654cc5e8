"""Transactions of the fixed parts, in this process: commits, repetitions, lost connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import APIRouter
from psycopg import errors as pg
from reference_project import FIXED
from starlette.requests import Request
from starlette.responses import Response

from local_engine.generator.emit.fastapi.fixed.core import db
from local_engine.generator.emit.fastapi.fixed.core.actor import Actor
from local_engine.generator.emit.fastapi.fixed.core.application import Application
from local_engine.generator.emit.fastapi.fixed.core.body import NoInput, receive_body
from local_engine.generator.emit.fastapi.fixed.core.db import (
    ATTEMPTS,
    Connection,
    Database,
    execute,
)
from local_engine.generator.emit.fastapi.fixed.core.documents import JsonResponse
from local_engine.generator.emit.fastapi.fixed.core.errors import violations_are_conflicts
from local_engine.generator.emit.fastapi.fixed.core.idempotency import run_once
from local_engine.generator.emit.fastapi.fixed.core.problem import Problem, conflict
from local_engine.generator.emit.fastapi.fixed.core.rules import Reference, Rule, Rules
from local_engine.generator.emit.fastapi.fixed.core.services import database as database_of
from local_engine.generator.emit.fastapi.fixed.core.settings import Settings, load_settings
from local_engine.runtime.postgres import Database as EmptyDatabase

TABLES = """
    CREATE TABLE parents (id int PRIMARY KEY);
    CREATE TABLE things (
        id int PRIMARY KEY,
        parent_id int CONSTRAINT things_parent REFERENCES parents ON DELETE RESTRICT,
        size int CONSTRAINT things_size CHECK (size < 100),
        CONSTRAINT things_unlisted CHECK (size <> 13)
    );
    CREATE FUNCTION refuse_late() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.size = 77 THEN
            RAISE EXCEPTION 'not 77, says the trigger'
                USING ERRCODE = '23514', CONSTRAINT = 'things_late';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON things
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_late();
    INSERT INTO parents VALUES (1);
    INSERT INTO things VALUES (1, NULL, 1), (2, NULL, 2);
"""

RULES: Rules = {
    "things_parent": Reference("Thing", "/parent_id"),
    "things_size": Rule("thing.size", "too big", status=422, pointer="/size", code="too_large"),
    "things_late": Rule("thing.late", "not that one"),
}

INSERT = "INSERT INTO things VALUES (%(id)s, %(parent)s, %(size)s)"


@pytest.fixture
def settings(database: EmptyDatabase) -> Settings:
    """Settings for a database that has the tables above."""
    with psycopg.connect(database.url) as connection:
        connection.execute(TABLES)
    return load_settings(database_url=database.url, secret_key="k" * 32, db_pool_max=5)


def with_database(settings: Settings, test: Callable[[Database], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Database(settings) as database:
            await test(database)

    asyncio.run(run())


def count(settings: Settings, where: str = "TRUE") -> int:
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        row = connection.execute(f"SELECT count(*) FROM things WHERE {where}").fetchone()
    return int(row[0]) if row else -1


def ask(
    settings: Settings,
    tmp_path: Path,
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """One request to a small application over the tables above."""
    router = APIRouter()

    @router.post("/things/{size}")
    async def create(request: Request, size: str) -> Response:
        async def work(connection: Connection) -> Response:
            await execute(connection, INSERT, {"id": 5, "parent": None, "size": int(size)})
            return JsonResponse("{}", 201)

        return await database_of(request).run(work)

    @router.post("/orphans")
    async def create_orphan(request: Request) -> Response:
        async def work(connection: Connection) -> Response:
            await execute(connection, INSERT, {"id": 5, "parent": 404, "size": 1})
            return JsonResponse("{}", 201)

        return await database_of(request).run(work)

    @router.delete("/parents")
    async def delete_parent(request: Request) -> Response:
        async def work(connection: Connection) -> Response:
            await execute(connection, INSERT, {"id": 5, "parent": 1, "size": 1})
            await execute(connection, "DELETE FROM parents", {})
            return Response(status_code=204)

        return await database_of(request).run(work)

    @router.post("/operations/{size}")
    async def operate(request: Request, size: str) -> Response:
        violations_are_conflicts(request)
        actor = Actor.of(UUID(int=0))
        body = await receive_body(request, NoInput, optional=True)

        async def work(connection: Connection) -> Response:
            body.value()
            await execute(connection, INSERT, {"id": 5, "parent": None, "size": int(size)})
            return Response(status_code=204)

        return await run_once(request, actor, body, work, required=True)

    app = Application(settings=settings, rules=RULES, migrations=tmp_path, routers=[router])

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with (
            app.services.database,
            httpx.AsyncClient(transport=transport, base_url="http://x") as client,
        ):
            return await client.request(method, path, headers=headers)

    return asyncio.run(run())


def test_what_is_committed_is_answered(settings: Settings, tmp_path: Path) -> None:
    assert ask(settings, tmp_path, "POST", "/things/5").status_code == 201
    assert count(settings) == 3


def test_a_commit_that_fails_is_no_success(settings: Settings, tmp_path: Path) -> None:
    """The trigger is deferred: it speaks up at the commit, after the handler's work is done."""
    answer = ask(settings, tmp_path, "POST", "/things/77")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "thing.late"
    assert answer.json()["detail"] == "not 77, says the trigger"
    assert count(settings) == 2


@pytest.mark.parametrize(
    ("method", "path", "status", "member", "value"),
    [
        ("POST", "/things/100", 422, "rule", "thing.size"),
        ("POST", "/things/13", 409, "type", "urn:problem-type:rule"),
        (
            "POST",
            "/orphans",
            422,
            "errors",
            [{"pointer": "/parent_id", "code": "reference", "message": "There is no such row."}],
        ),
        ("DELETE", "/parents", 409, "entity", "Thing"),
        ("POST", "/things/99999999999", 422, "type", "urn:problem-type:invalid"),
    ],
)
def test_constraints_are_told_in_the_words_of_the_product(
    settings: Settings,
    tmp_path: Path,
    method: str,
    path: str,
    status: int,
    member: str,
    value: object,
) -> None:
    answer = ask(settings, tmp_path, method, path)
    assert (answer.status_code, answer.json()[member]) == (status, value)
    assert "things_" not in answer.text
    assert count(settings) == 2


def test_an_operation_may_insist_on_an_idempotency_key(settings: Settings, tmp_path: Path) -> None:
    answer = ask(settings, tmp_path, "POST", "/operations/5")
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]
    assert count(settings) == 2


def test_a_rule_violated_by_an_operation_is_a_conflict(settings: Settings, tmp_path: Path) -> None:
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        connection.execute((FIXED / "migrations/0001_core.up.sql").read_text())
        connection.execute(
            "INSERT INTO users (id, email, password_hash) VALUES (%s, 'a', '')", [UUID(int=0)]
        )
    headers = {"Idempotency-Key": "k"}
    direct = ask(settings, tmp_path, "POST", "/things/100")
    operated = ask(settings, tmp_path, "POST", "/operations/100", headers=headers)
    assert (direct.status_code, operated.status_code) == (422, 409)
    assert direct.json()["rule"] == operated.json()["rule"] == "thing.size"
    assert operated.json()["status"] == 409
    assert ask(settings, tmp_path, "POST", "/operations/5", headers=headers).status_code == 204


def test_whatever_work_raises_rolls_back(settings: Settings) -> None:
    async def test(database: Database) -> None:
        for error in (conflict("x", "y"), ValueError(), asyncio.CancelledError()):

            async def work(connection: Connection, error: BaseException = error) -> None:
                await execute(connection, "UPDATE things SET size = 50", {})
                raise error

            with pytest.raises(type(error)):
                await database.run(work)
        assert await database.fetch_all("SELECT FROM things WHERE size = 50", {}) == []
        assert await database.fetch_one("SELECT pg_current_xact_id_if_assigned() IS NULL", {})

    with_database(settings, test)


def test_a_transaction_that_collides_is_repeated(settings: Settings) -> None:
    """Two transactions lock the same two rows in opposite order, each waiting for the other."""

    async def test(database: Database) -> None:
        runs = 0
        both_have_one = asyncio.Barrier(2)

        async def swap(first: int, second: int) -> None:
            met = False

            async def work(connection: Connection) -> None:
                nonlocal runs, met
                runs += 1
                await execute(
                    connection,
                    "UPDATE things SET size = size + 10 WHERE id = %(id)s",
                    {"id": first},
                )
                if not met:
                    met = True
                    await both_have_one.wait()
                await execute(
                    connection,
                    "UPDATE things SET size = size + 10 WHERE id = %(id)s",
                    {"id": second},
                )

            await database.run(work)

        await asyncio.gather(swap(1, 2), swap(2, 1))
        assert runs == 3
        assert await database.fetch_all("SELECT size FROM things ORDER BY id", {}) == [(21,), (22,)]

    with_database(settings, test)


def test_a_transaction_that_always_collides_is_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_FIRST_PAUSE_SECONDS", 0.001)

    async def test(database: Database) -> None:
        runs = 0

        async def work(connection: Connection) -> None:
            nonlocal runs
            runs += 1
            await execute(connection, "UPDATE things SET size = 50", {})
            raise pg.SerializationFailure("again")

        with pytest.raises(Problem) as caught:
            await database.run(work)
        assert (caught.value.status, runs) == (503, ATTEMPTS)
        assert "retry-after" in caught.value.headers
        assert await database.fetch_all("SELECT FROM things WHERE size = 50", {}) == []

    with_database(settings, test)


async def _kill(settings: Settings, pid: int) -> None:
    async with await psycopg.AsyncConnection.connect(
        settings.database_url.get_secret_value()
    ) as other:
        await other.execute("SELECT pg_terminate_backend(%s)", [pid])


async def _pid(connection: Connection) -> int:
    cursor = await connection.execute("SELECT pg_backend_pid()")
    row: Any = await cursor.fetchone()
    return int(row[0])


def test_a_connection_that_dies_at_work_costs_a_repetition(settings: Settings) -> None:
    async def test(database: Database) -> None:
        runs = 0

        async def work(connection: Connection) -> None:
            nonlocal runs
            runs += 1
            await execute(connection, "UPDATE things SET size = size + 10 WHERE id = 1", {})
            if runs == 1:
                await _kill(settings, await _pid(connection))
                await execute(connection, "SELECT 1", {})

        await database.run(work)
        assert runs == 2
        assert await database.fetch_one("SELECT size FROM things WHERE id = 1", {}) == (11,)

    with_database(settings, test)


def test_a_connection_that_dies_at_the_commit_is_told(settings: Settings) -> None:
    """Nobody can know whether the commit arrived: it must not be tried again in silence."""

    async def test(database: Database) -> None:
        runs = 0

        async def work(connection: Connection) -> None:
            nonlocal runs
            runs += 1
            await execute(connection, "UPDATE things SET size = size + 10 WHERE id = 1", {})
            await _kill(settings, await _pid(connection))

        with pytest.raises(Problem) as caught:
            await database.run(work)
        assert (caught.value.status, runs) == (503, 1)
        assert "may or may not" in caught.value.detail

    with_database(settings, test)


def test_dead_connections_in_the_pool_cost_a_read_nothing(settings: Settings) -> None:
    async def test(database: Database) -> None:
        async with (
            database.connection() as one,
            database.connection() as two,
            database.connection() as three,
        ):
            pids = [await _pid(c) for c in (one, two, three)]
        for pid in pids:
            await _kill(settings, pid)
        for _ in range(4):
            assert await database.fetch_one("SELECT 1", {}) == (1,)

    with_database(settings, test)


def test_a_failed_statement_is_not_repeated(settings: Settings) -> None:
    async def test(database: Database) -> None:
        with pytest.raises(pg.DivisionByZero):
            await database.fetch_one("SELECT 1/0", {})
        with pytest.raises(pg.QueryCanceled):
            await database.fetch_one("SELECT pg_sleep(5)", {})

    with_database(settings.model_copy(update={"db_statement_timeout_seconds": 0.2}), test)


def test_no_free_connection_is_a_503(settings: Settings) -> None:
    async def test(database: Database) -> None:
        async with database.connection():
            with pytest.raises(Problem) as caught:
                await database.fetch_one("SELECT 1", {})
        assert caught.value.status == 503
        assert await database.fetch_one("SELECT 1", {}) == (1,)

    with_database(settings.model_copy(update={"db_pool_max": 1, "db_pool_wait_seconds": 0.2}), test)


def test_sessions_agree_on_how_values_look(settings: Settings) -> None:
    async def test(database: Database) -> None:
        sql = """
            SELECT to_json('2026-07-01 12:00+02'::timestamptz)::text,
                   to_json('36 hours'::interval)::text
        """
        assert await database.fetch_one(sql, {}) == ('"2026-07-01T10:00:00+00:00"', '"PT36H"')

    with_database(settings, test)

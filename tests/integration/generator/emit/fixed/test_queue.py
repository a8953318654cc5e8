"""The outbox: queued with a transaction, sent afterwards, tried again; schedules; rate limits."""

from __future__ import annotations

import asyncio
import email
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
import pytest
from procrastinate import Blueprint, JobContext
from receiving import Mailbox, Received, mail_server, web_receiver
from reference_project import FIXED

from local_engine.generator.emit.fastapi.fixed.core import mail, webhooks
from local_engine.generator.emit.fastapi.fixed.core.db import Connection
from local_engine.generator.emit.fastapi.fixed.core.queue import (
    beside_requests,
    create_queue,
    services_of,
)
from local_engine.generator.emit.fastapi.fixed.core.services import Services
from local_engine.generator.emit.fastapi.fixed.core.settings import load_settings
from local_engine.generator.emit.fastapi.fixed.core.webhooks import WebhookFailed, _resolve
from local_engine.runtime.postgres import Database

MIGRATION = (FIXED / "migrations/queue.up.sql").read_text()


@pytest.fixture
def receiver() -> Iterator[Received]:
    """A web server that keeps what is posted to it."""
    with web_receiver() as received:
        yield received


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it is given."""
    with mail_server() as kept:
        yield kept


def run_with_worker(
    database: Database,
    tmp_path: Path,
    test: Callable[[Services], Awaitable[None]],
    *tasks: Blueprint,
    **settings: Any,
) -> None:
    """Run `test` beside a worker for these tasks."""
    with psycopg.connect(database.url) as connection:
        connection.execute(MIGRATION)
    loaded = load_settings(database_url=database.url, secret_key="k" * 32, **settings)
    queue = create_queue(*(tasks or (mail.tasks, webhooks.tasks)))

    async def run() -> None:
        services = Services.of(loaded, {}, tmp_path)
        async with services.database, beside_requests(queue)(services):
            await test(services)

    asyncio.run(run())


async def until(condition: Callable[[], object]) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.025)
    raise AssertionError("it did not happen")


def jobs(database: Database) -> list[tuple[str, int]]:
    with psycopg.connect(database.url) as connection:
        return connection.execute(
            "SELECT status::text, attempts FROM procrastinate_jobs"
        ).fetchall()


def test_mail_is_sent_after_the_commit_only(
    database: Database, tmp_path: Path, mailbox: Mailbox
) -> None:
    mails = mailbox.mails

    async def test(services: Services) -> None:
        async def refused(connection: Connection) -> None:
            await mail.queue_email(connection, to="no@example.com", subject="never", text="never")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await services.database.run(refused)

        async def work(connection: Connection) -> None:
            await mail.queue_email(
                connection,
                to="ada@example.com",
                subject="Bereit\r\nBcc: evil@example.com",
                text="Grüße\n.\nEnde",
            )
            await asyncio.sleep(0.3)
            assert mails == []

        await services.database.run(work)
        await until(lambda: mails)
        await until(lambda: not jobs(database))

    run_with_worker(database, tmp_path, test, smtp_url=mailbox.url, mail_from="shop@example.com")
    assert len(mails) == 1
    message = email.message_from_bytes(mails[0])
    assert (message["To"], message["From"]) == ("ada@example.com", "shop@example.com")
    assert message["Subject"] == "Bereit Bcc: evil@example.com"
    assert message["Bcc"] is None
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.decode().splitlines() == ["Grüße", ".", "Ende"]


def test_without_a_mail_server_mail_is_logged_not_kept(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(services: Services) -> None:
        async def work(connection: Connection) -> None:
            await mail.queue_email(
                connection, to="ada@example.com", subject="Ready", text="secret text"
            )

        await services.database.run(work)
        await until(lambda: "SMTP_URL" in caplog.text)
        await until(lambda: not jobs(database))

    run_with_worker(database, tmp_path, test)
    assert "secret text" not in caplog.text


def test_a_mail_server_that_is_away_is_tried_again(database: Database, tmp_path: Path) -> None:
    async def test(services: Services) -> None:
        async def work(connection: Connection) -> None:
            await mail.queue_email(connection, to="ada@example.com", subject="x", text="x")

        await services.database.run(work)
        await until(lambda: jobs(database) == [("todo", 1)])

    run_with_worker(database, tmp_path, test, smtp_url="smtp://127.0.0.1:1")


def test_webhooks_are_signed_and_repeated_with_one_id(
    database: Database, tmp_path: Path, receiver: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_ORDER_PLACED_URL", receiver.url)
    monkeypatch.setenv("WEBHOOK_ORDER_PLACED_SECRET", "hook secret")
    receiver.answers = [500]

    async def test(services: Services) -> None:
        async def work(connection: Connection) -> None:
            await webhooks.queue_webhook(connection, "order_placed", {"total": "1.50"})

        await services.database.run(work)
        await until(lambda: len(receiver.requests) == 1)
        await until(lambda: jobs(database) == [("todo", 1)])
        with psycopg.connect(database.url) as connection:
            connection.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
        await until(lambda: len(receiver.requests) == 2)
        await until(lambda: not jobs(database))

    run_with_worker(database, tmp_path, test)
    (first, body), (second, again) = receiver.requests
    assert body == again
    assert json.loads(body) == {"event": "order_placed", "data": {"total": "1.50"}}
    digest = hmac.new(b"hook secret", body, hashlib.sha256).hexdigest()
    assert first["x-signature"] == f"sha256={digest}"
    assert first["x-event-id"] == second["x-event-id"]


def test_redirects_are_not_followed(
    database: Database, tmp_path: Path, receiver: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_X_URL", receiver.url)
    receiver.answers = [302]

    async def test(services: Services) -> None:
        async def work(connection: Connection) -> None:
            await webhooks.queue_webhook(connection, "x", {})

        await services.database.run(work)
        await until(lambda: jobs(database) == [("todo", 1)])

    run_with_worker(database, tmp_path, test)
    assert len(receiver.requests) == 1


def test_addresses_inside_the_network_are_refused_in_production(
    database: Database, tmp_path: Path, receiver: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_X_URL", receiver.url)

    async def test(services: Services) -> None:
        async def work(connection: Connection) -> None:
            await webhooks.queue_webhook(connection, "x", {})

        await services.database.run(work)
        await until(lambda: jobs(database) == [("todo", 1)])

    run_with_worker(database, tmp_path, test, environment="production")
    assert receiver.requests == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "169.254.169.254",
        "0.0.0.0",
        "::1",
        "::ffff:127.0.0.1",
        "2130706433",
        "fd00::1",
    ],
)
def test_what_counts_as_inside(host: str) -> None:
    with pytest.raises((WebhookFailed, OSError)):
        _resolve(host, 80, allow_private=False)


def test_an_event_without_a_url_is_dropped(database: Database, tmp_path: Path) -> None:
    async def test(services: Services) -> None:
        async def work(connection: Connection) -> None:
            await webhooks.queue_webhook(connection, "nowhere", {})

        await services.database.run(work)
        await until(lambda: not jobs(database))

    run_with_worker(database, tmp_path, test)


def test_schedules_follow_the_time_zone() -> None:
    tasks = Blueprint()

    @tasks.periodic(cron="0 3 * * *")
    @tasks.task(name="nightly")
    async def nightly(timestamp: int) -> None: ...

    def following(zone: str, moment: datetime) -> datetime:
        queue = create_queue(tasks, time_zone=zone)
        (periodic,) = queue.periodic_registry.periodic_tasks.values()
        start = moment.timestamp()
        return datetime.fromtimestamp(periodic.croniter.get_next(float, start_time=start), UTC)

    summer, winter = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert following("Europe/Berlin", summer) == datetime(2026, 7, 2, 1, tzinfo=UTC)
    assert following("Europe/Berlin", winter) == datetime(2026, 12, 2, 2, tzinfo=UTC)
    assert following("Asia/Kolkata", winter) == datetime(2026, 12, 1, 21, 30, tzinfo=UTC)
    assert following("UTC", winter) == datetime(2026, 12, 2, 3, tzinfo=UTC)


def test_a_scheduled_task_runs_with_the_services(database: Database, tmp_path: Path) -> None:
    tasks = Blueprint()
    seen: list[object] = []

    @tasks.periodic(cron="* * * * * */1")
    @tasks.task(name="often", pass_context=True)
    async def often(context: JobContext, timestamp: int) -> None:
        sql = "SELECT %(timestamp)s::int"
        seen.append(await services_of(context).database.fetch_one(sql, {"timestamp": timestamp}))

    async def test(_: Services) -> None:
        await until(lambda: seen)

    run_with_worker(database, tmp_path, test, tasks)
    assert seen[0] != (0,)


def test_the_queue_migration_is_that_of_the_library() -> None:
    assert (files("procrastinate") / "sql" / "schema.sql").read_text() == MIGRATION


def test_the_queue_migration_goes_back_without_a_trace(database: Database) -> None:
    back = (FIXED / "migrations/queue.down.sql").read_text()
    with psycopg.connect(database.url) as connection:
        connection.execute(MIGRATION)
        connection.execute(back)
        rows = connection.execute(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%' "
            "UNION ALL SELECT typname FROM pg_type WHERE typname LIKE '%procrastinate%'"
        ).fetchall()
        assert rows == []
        connection.execute(MIGRATION)

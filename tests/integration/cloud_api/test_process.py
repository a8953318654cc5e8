"""The cloud as a process: how it starts, what it logs, how it stops."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable

import httpx
import psycopg
import pytest
from cloud_process import SECRET, cloud_process, run_command
from cloud_service import PASSWORD
from receiving import mail_server

from local_engine.runtime.postgres import Database


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, ["PLATFORM_DATABASE_URL is not set"]),
        ({"PLATFORM_DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x"}, ["PLATFORM_SECRET_KEY"]),
    ],
)
def test_it_refuses_to_start_without_what_it_needs(
    chosen: dict[str, str], words: list[str]
) -> None:
    done = run_command(**chosen)
    assert done.returncode == 2
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr


def test_an_unreachable_database_ends_the_start_in_words() -> None:
    done = run_command(
        PLATFORM_DATABASE_URL="postgresql://u:hush@127.0.0.1:1/x", PLATFORM_SECRET_KEY=SECRET
    )
    assert done.returncode == 3
    assert done.stderr.startswith("Error: the database cannot be reached")
    assert "hush" not in done.stderr + done.stdout


def test_no_secret_is_in_the_logs_and_mails_go_out(database: Database) -> None:
    """From an empty database on: join, sign in, renew, reset, fail; then search the log."""
    email, new = "secretive@example.com", "another-good-password-987"
    with mail_server() as mailbox, cloud_process(database.url, SMTP_URL=mailbox.url) as cloud:
        with httpx.Client(base_url=cloud.url, timeout=30) as client:
            body = {"email": email, "password": PASSWORD}
            assert client.post("/auth/register", json=body).status_code == 201
            tokens = client.post(
                "/auth/login", data={"username": email, "password": PASSWORD}
            ).json()
            client.post("/auth/login", data={"username": email, "password": "wrong-guess-123"})
            renewed = client.post(
                "/auth/refresh", json={"refresh_token": tokens["refresh_token"]}
            ).json()
            client.post("/auth/password/forgot", json={"email": email})
            codes = [code_in(mail) for mail in wait_for(mailbox.mails, 2)]
            reset = {"code": codes[1], "new_password": new}
            assert client.post("/auth/password/reset", json=reset).status_code == 204
            # What is refused is not repeated either.
            client.post("/auth/register", json={"email": email, "password": PASSWORD, "x": new})
            client.get("/auth/me", params={"access_token": tokens["access_token"]})
        cloud.process.send_signal(signal.SIGTERM)
        assert cloud.wait() == 0
        log = "".join(cloud.log)
        assert all("time" in line or "url" in line for line in cloud.lines())
    password_in_url = database.url.partition("@")[0].rpartition(":")[2]
    secrets = [PASSWORD, new, "wrong-guess-123", email, SECRET, password_in_url, *codes]
    secrets += [tokens["access_token"], tokens["refresh_token"], renewed["refresh_token"]]
    for secret in secrets:
        assert secret not in log
    assert '"kind": "password-reset"' in log
    assert '"path":"/auth/register","status":201' in log


def test_a_mail_that_fails_for_good_names_nobody(database: Database) -> None:
    """Neither the log nor the queue's row keeps the address that it was for."""
    email = "unreachable@example.com"
    with mail_server() as mailbox, cloud_process(database.url, SMTP_URL=mailbox.url) as cloud:
        mailbox.answers += [f"550 there is no {email} here"] * 2
        body = {"email": email, "password": PASSWORD}
        assert httpx.post(f"{cloud.url}/auth/register", json=body).status_code == 201
        with psycopg.connect(database.url, autocommit=True) as connection:
            # Its last attempt comes at once instead of after a day.
            sql = "UPDATE procrastinate_jobs SET attempts = 10, scheduled_at = NULL"
            until(
                lambda: connection.execute(f"{sql} WHERE attempts = 1 AND status = 'todo'").rowcount
            )
            sql = "SELECT args FROM procrastinate_jobs WHERE status = 'failed'"
            until(lambda: connection.execute(sql).rowcount)
            row = connection.execute(sql).fetchone()
        cloud.process.send_signal(signal.SIGTERM)
        assert cloud.wait() == 0
        log = "".join(cloud.log)
    assert row == ({"email": "***", "taken": False},)
    assert "the mail server refused the mail (SMTPDataError, 550)" in log
    assert email not in log
    assert "unreachable" not in log


def until(found: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def wait_for(mails: list[bytes], number: int) -> list[bytes]:
    deadline = time.monotonic() + 20
    while len(mails) < number:
        assert time.monotonic() < deadline, f"{len(mails)} of {number} mails"
        time.sleep(0.05)
    return mails


def code_in(mail: bytes) -> str:
    lines = mail.decode().splitlines()
    return next(line for line in lines if len(line) == 43 and " " not in line)


def test_it_drains_before_it_stops(new_cloud_database: Callable[[], str]) -> None:
    """Readiness says no at once; requests are answered until the drain is over.

    Their connections are not kept: a balancer that reuses one as it closes would lose a request.
    """
    with cloud_process(new_cloud_database(), PLATFORM_DRAIN_SECONDS="1.5") as cloud:
        statuses: list[tuple[int, int]] = []
        kept: list[str] = []
        stopped = threading.Event()

        def keep_asking() -> None:
            with httpx.Client(base_url=cloud.url, timeout=10) as client:
                while not stopped.is_set():
                    health, ready = client.get("/health"), client.get("/ready")
                    statuses.append((health.status_code, ready.status_code))
                    kept.append(ready.headers.get("connection", "keep-alive"))
                    time.sleep(0.05)

        asking = threading.Thread(target=keep_asking)
        asking.start()
        while len(statuses) < 3:
            time.sleep(0.01)
        cloud.process.send_signal(signal.SIGTERM)
        time.sleep(1.0)
        stopped.set()
        asking.join()
        assert cloud.wait() == 0
    assert statuses[0] == (200, 200)
    assert statuses[-1] == (200, 503)
    assert (kept[0], kept[-1]) == ("keep-alive", "close")
    assert {health for health, _ in statuses} == {200}


def test_metrics_need_their_token_in_production(new_cloud_database: Callable[[], str]) -> None:
    url = new_cloud_database()
    with cloud_process(url, PLATFORM_METRICS_TOKEN="for-prometheus") as cloud:
        assert httpx.get(f"{cloud.url}/metrics").status_code == 401
        right = {"Authorization": "Bearer for-prometheus"}
        answer = httpx.get(f"{cloud.url}/metrics", headers=right)
        assert answer.status_code == 200
        assert 'cloud_request_seconds_count{method="GET",route="/metrics",status="401"} 1.0' in (
            answer.text
        )

"""The worker of an emitted project as a process: it sends, tries again, runs jobs, and stops."""

from __future__ import annotations

import email
import hashlib
import hmac
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from emitted_service import SignIn, created
from killing import eventually
from receiving import Mailbox, Received, mail_server, web_receiver
from reference_project import Project, Service

BLUEPRINT = "tests/support/blueprints/worker.yaml"
SECRET = "hook secret"

# The shortest schedule of a Blueprint is a minute; a test has not that much time.
_OFTEN = ('cron="* * * * *"', 'cron="* * * * * */1"')
_TIDY = '''"""What “tidy” does."""

from app.core.db import Connection, execute


async def tidy(connection: Connection) -> None:
    """Leave a trace."""
    sql = "UPDATE users SET updated_at = now() WHERE email = 'tidy@example.com'"
    await execute(connection, sql, {})
'''


@dataclass(frozen=True)
class Outside:
    """What the service sends to, and a look at what it has still to send."""

    web: Received
    mailbox: Mailbox
    database_url: str

    def waiting(self) -> dict[str, tuple[str, int]]:
        """What is not sent yet: task → status and failed attempts."""
        sql = (
            "SELECT split_part(task_name, ':', 2), status::text, attempts FROM procrastinate_jobs"
            " WHERE task_name IN ('app:send_email', 'app:post_webhook')"
        )
        with psycopg.connect(self.database_url) as connection:
            return {name: (status, tries) for name, status, tries in connection.execute(sql)}

    def let_time_pass(self) -> None:
        """Pauses end, and workers that died have been silent for a minute."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "UPDATE procrastinate_jobs SET scheduled_at = now()"
                " WHERE status = 'todo' AND scheduled_at > now()"
            )
            connection.execute(
                "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
            )


@pytest.fixture(scope="module")
def outside(project: Project) -> Iterator[Outside]:
    """The receivers, and a project that knows them."""
    for name in ("check", "tidy"):
        path = project.folder / f"app/jobs/{name}.py"
        text = path.read_text()
        assert _OFTEN[0] in text
        path.write_text(text.replace(*_OFTEN))
    (project.folder / "app/extensions/tidy_job.py").write_text(_TIDY)
    with web_receiver() as web, mail_server() as mailbox:
        project.settings |= {
            "WORKER_IN_PROCESS": "false",
            "SMTP_URL": mailbox.url,
            "MAIL_FROM": "shop@example.com",
            "WEBHOOK_ORDER_SHIPPED_URL": web.url,
            "WEBHOOK_ORDER_SHIPPED_SECRET": SECRET,
        }
        yield Outside(web, mailbox, project.database_url)


@pytest.fixture(scope="module")
def service(project: Project, outside: Outside) -> Iterator[Service]:
    """The service, which leaves all that to a worker."""
    assert project.settings["SMTP_URL"] == outside.mailbox.url
    with project.serving() as running:
        yield running


@pytest.fixture
def shipped(sign_in: SignIn, outside: Outside) -> Iterator[str]:
    """The path of an order that was shipped just now; nothing of it is sent yet."""
    outside.web.requests.clear()
    outside.mailbox.mails.clear()
    with psycopg.connect(outside.database_url) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    client = sign_in("ann")
    path = f"/orders/{created(client, '/orders', title='Lamp')['id']}"
    client.post(f"{path}/ship").raise_for_status()
    assert outside.waiting() == {"send_email": ("todo", 0), "post_webhook": ("todo", 0)}
    assert (outside.web.requests, outside.mailbox.mails) == ([], [])
    yield path
    outside.web.held = None


@contextmanager
def working(project: Project) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m app worker` as a process; killed at the end if it still runs."""
    with (project.folder / "worker.jsonl").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "worker"],
            cwd=project.folder,
            env=project.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_everything_is_sent_although_it_fails_at_first(
    project: Project, outside: Outside, shipped: str
) -> None:
    outside.web.answers = [500]
    outside.mailbox.answers = ["451 not now"]
    failed_once = {"send_email": ("todo", 1), "post_webhook": ("todo", 1)}
    with working(project):
        assert eventually(lambda: outside.waiting() == failed_once, 15)
        outside.let_time_pass()
        assert eventually(lambda: not outside.waiting(), 15)
    (first, body), (second, again) = outside.web.requests
    assert json.loads(body) == {"event": "order_shipped", "data": {"title": "Lamp"}}
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert first["x-signature"] == second["x-signature"] == f"sha256={digest}"
    assert (first["x-event-id"], body) == (second["x-event-id"], again)
    (mail,) = outside.mailbox.mails
    message = email.message_from_bytes(mail)
    assert (message["To"], message["From"]) == ("ann@example.com", "shop@example.com")
    assert message["Subject"] == "On its way: Lamp"
    text = str(message.get_payload())
    log = (project.folder / "worker.jsonl").read_text()
    for private in ("ann@example.com", "On its way", "Lamp", SECRET):
        assert private not in log
    assert log.count("Error, to retry") == 2
    assert "451" in log
    assert "the receiver answered 500" in log
    assert f"Order {shipped.rpartition('/')[2]} of ann@example.com was shipped." in text


def test_jobs_run_at_their_time(
    project: Project, sign_in: SignIn, shipped: str, held: psycopg.Connection[Any]
) -> None:
    sign_in("tidy")
    held.autocommit = True

    def version() -> int:
        row = held.execute("SELECT version FROM users WHERE email = 'tidy@example.com'").fetchone()
        return row[0] if row else 0

    def checks(client: httpx.Client) -> int:
        return int(client.get(shipped).json()["checks"])

    before = version()
    with working(project):
        assert eventually(lambda: version() > before, 15), "a job with code of its own"
        assert eventually(lambda: checks(sign_in("ann")) > 0, 15), "a job with effects"


def test_a_stop_waits_for_what_is_under_way(
    project: Project, outside: Outside, shipped: str
) -> None:
    assert shipped
    outside.web.held = threading.Event()
    with working(project) as process:
        assert eventually(lambda: bool(outside.web.requests), 15)
        process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        outside.web.held.set()
        assert process.wait(timeout=15) == 0
    assert "post_webhook" not in outside.waiting()
    assert len(outside.web.requests) == 1


def test_what_a_killed_worker_had_begun_is_done_again(
    project: Project, outside: Outside, shipped: str
) -> None:
    assert shipped
    outside.web.held = threading.Event()
    with working(project) as process:
        assert eventually(lambda: bool(outside.web.requests), 15)
        process.kill()
    assert outside.waiting()["post_webhook"] == ("doing", 0)
    outside.web.held.set()
    outside.let_time_pass()
    with working(project):
        assert eventually(lambda: not outside.waiting(), 15)
    (first, body), (second, again) = outside.web.requests
    assert (first["x-event-id"], body) == (second["x-event-id"], again)

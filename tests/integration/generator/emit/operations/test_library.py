"""A library: all kinds of effects, reports, feeds and jobs within a tenant."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import psycopg
import pytest
from emitted_service import SignIn, created, refusal, user_id
from reference_project import Project

BLUEPRINT = "tests/support/blueprints/library.yaml"
TODAY = datetime.now(UTC).date()
SOON = (TODAY + timedelta(days=20)).isoformat()

_numbers = count(1)


@pytest.fixture(scope="module")
def boss(sign_in: SignIn) -> httpx.Client:
    return sign_in("boss")


@pytest.fixture
def library(boss: httpx.Client) -> str:
    """The path of a new library of the boss."""
    return f"/libraries/{created(boss, '/libraries', name='City')['id']}"


@pytest.fixture
def clerk(sign_in: SignIn, boss: httpx.Client, library: str) -> httpx.Client:
    client = sign_in("clerk")
    created(boss, f"{library}/staff", user_id=user_id(client), role="clerk")
    return client


def book(client: httpx.Client, library: str, **fields: Any) -> dict[str, Any]:
    values = {"title": f"Book {next(_numbers)}", "copies": 2, "price": "7.50", **fields}
    return created(client, f"{library}/books", **values)


def lend(client: httpx.Client, library: str, book_id: str, **body: Any) -> httpx.Response:
    key = {"Idempotency-Key": f"lend-{next(_numbers)}"}
    given = {"book_id": book_id, "due_on": SOON, "notes": [], **body}
    return client.post(f"{library}/operations/lend", json=given, headers=key)


def notes(client: httpx.Client, library: str) -> list[str]:
    rows = client.get(f"{library}/notes", params={"sort": "created_at"}).json()["items"]
    return [row["text"] for row in rows]


def queued(held: psycopg.Connection, task: str) -> list[dict[str, Any]]:
    """The arguments of what was queued and committed."""
    sql = "SELECT args FROM procrastinate_jobs WHERE task_name LIKE %s ORDER BY id"
    return [row[0] for row in held.execute(sql, (f"%{task}",)).fetchall()]


@pytest.fixture(scope="module")
def project(project: Project) -> Project:
    """Nothing is sent, so that the queue can be looked at."""
    project.settings["WORKER_IN_PROCESS"] = "false"
    return project


def test_rows_given_make_rows(clerk: httpx.Client, boss: httpx.Client, library: str) -> None:
    mine = book(boss, library)
    given = [{"text": "100% fine", "about_id": mine["id"]}, {"text": "second"}]
    answer = lend(clerk, library, mine["id"], notes=given)
    assert answer.status_code == 201
    assert answer.json()["status"] == "open"
    assert answer.json()["pages"] == 3
    assert clerk.get(answer.headers["location"]).json() == answer.json()
    assert boss.get(f"{library}/books/{mine['id']}").json()["copies"] == 1
    assert notes(boss, library) == ["new", "100% fine", "second"]


def test_rows_given_are_judged_one_by_one(
    boss: httpx.Client, sign_in: SignIn, library: str
) -> None:
    mine = book(boss, library)
    other = sign_in("other")
    elsewhere = f"/libraries/{created(other, '/libraries', name='Far')['id']}"
    theirs = book(other, elsewhere)
    given = [{"text": "ok"}, {"text": "far", "about_id": theirs["id"]}]
    assert refusal(lend(boss, library, mine["id"], notes=given)) == (422, "/notes/1/about_id")
    assert refusal(lend(boss, library, theirs["id"])) == (422, "/book_id")
    assert lend(other, library, theirs["id"]).status_code == 404
    assert lend(boss, library, mine["id"], notes=[{"text": "x"}] * 4).status_code == 422
    assert notes(boss, library) == ["new"]


def test_requirements_on_input_come_first(boss: httpx.Client, library: str) -> None:
    lent_out = book(boss, library, copies=0)
    yesterday = (TODAY - timedelta(days=2)).isoformat()
    refused = lend(boss, library, lent_out["id"], due_on=yesterday)
    assert refusal(refused) == (422, "lend.require")
    assert refusal(lend(boss, library, lent_out["id"])) == (409, "lend.require_2")


def test_the_last_copy_is_lent_once(
    boss: httpx.Client, library: str, at_once: Callable[..., list[httpx.Response]]
) -> None:
    rare = book(boss, library, copies=1)
    answers = at_once(*(lambda: lend(boss, library, rare["id"]) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


def test_a_transition_takes_input(boss: httpx.Client, library: str) -> None:
    loan = lend(boss, library, book(boss, library)["id"]).headers["location"]
    assert refusal(boss.post(f"{loan}/give-back", json={})) == (422, "/condition")
    assert refusal(boss.post(f"{loan}/give-back", json={"condition": "odd"})) == (422, "/condition")
    bad = boss.post(f"{loan}/give-back", json={"condition": "bad"})
    assert refusal(bad) == (422, "loan.give_back.require")
    done = boss.post(f"{loan}/give-back", json={"condition": "bad", "note": "wet"})
    assert (done.json()["status"], done.json()["fee"]) == ("closed", "7.50")
    again = boss.post(f"{loan}/give-back", json={"condition": "good"})
    assert refusal(again) == (409, "loan.status")


def test_a_limit_holds_upwards_too(boss: httpx.Client, library: str) -> None:
    full = book(boss, library, copies=5)
    loan = lend(boss, library, full["id"]).headers["location"]
    boss.patch(f"{library}/books/{full['id']}", json={"copies": 5}).raise_for_status()
    refused = boss.post(f"{loan}/give-back", json={"condition": "good"})
    assert refusal(refused) == (409, "book.copies.max")
    assert boss.get(loan).json()["status"] == "open"


def test_an_operation_on_a_row(
    boss: httpx.Client, clerk: httpx.Client, sign_in: SignIn, library: str
) -> None:
    mine = book(boss, library)
    path = f"{library}/books/{mine['id']}/burn"
    assert sign_in("stranger").post(path).status_code == 404
    assert clerk.post(path).status_code == 403
    assert boss.post(path, headers={"If-Match": '"77"'}).status_code == 412
    done = boss.post(path)
    assert (done.status_code, done.json()["copies"]) == (200, 0)
    lent = book(boss, library)
    lend(boss, library, lent["id"])
    assert refusal(boss.post(f"{library}/books/{lent['id']}/burn")) == (409, "burn.require")


def test_a_loop_takes_only_what_it_is_about(boss: httpx.Client, library: str) -> None:
    mine = book(boss, library, copies=3)
    loans = [lend(boss, library, mine["id"]).headers["location"] for _ in range(3)]
    boss.post(f"{loans[1]}/expire").raise_for_status()
    boss.post(f"{library}/books/{mine['id']}/fine").raise_for_status()
    assert [boss.get(loan).json()["fee"] for loan in loans] == ["7.50", "0.00", "7.50"]


def test_an_operation_without_answer(boss: httpx.Client, library: str) -> None:
    assert boss.post(f"{library}/operations/ping").status_code == 204
    assert notes(boss, library) == ["100%"]


def test_an_extension_point_says_that_it_is_empty(boss: httpx.Client, library: str) -> None:
    path = f"{library}/operations/settle"
    mine = book(boss, library)["id"]
    assert boss.post(path, json={"book_id": mine}).status_code == 501
    assert refusal(boss.post(path, json={"book_id": SOON})) == (422, "/book_id")


def test_effects_follow_a_write(boss: httpx.Client, library: str, held: psycopg.Connection) -> None:
    mine = book(boss, library, keeper_id=user_id(boss), title="Momo")
    path = f"{library}/books/{mine['id']}"
    before = len(queued(held, "send_email"))
    assert boss.patch(path, json={"price": "8.00"}).status_code == 200
    boss.patch(path, json={"price": "8.00"}).raise_for_status()
    assert notes(boss, library) == ["new", "changed"]
    boss.patch(path, json={"copies": 0}).raise_for_status()
    mails = queued(held, "send_email")[before:]
    assert [(mail["to"], mail["subject"]) for mail in mails] == [
        ("boss@example.com", "All lent: Momo")
    ]
    assert mails[0]["text"].startswith("All copies of Momo are lent since 20")
    called = queued(held, "post_webhook")[-1]
    assert called["data"] == {"title": "Momo", "price": "8.00", "day": None}
    assert boss.delete(path).status_code == 204
    assert notes(boss, library)[-1] == "Momo"


def test_refused_writes_send_nothing(
    boss: httpx.Client, library: str, held: psycopg.Connection
) -> None:
    mine = book(boss, library, keeper_id=user_id(boss))
    lend(boss, library, mine["id"])
    before = len(queued(held, "send_email")), notes(boss, library)
    assert boss.delete(f"{library}/books/{mine['id']}").status_code == 409
    assert (len(queued(held, "send_email")), notes(boss, library)) == before


def test_reports(boss: httpx.Client, clerk: httpx.Client, library: str) -> None:
    one, two = book(boss, library, title="Äpfel"), book(boss, library, title="Zebra", copies=1)
    for mine in (one, one, two):
        assert lend(boss, library, mine["id"]).status_code == 201
    month = f"{SOON[:7]}-01"
    rows = boss.get(f"{library}/reports/per-book").json()["rows"]
    assert rows == [
        {"book_id": one["id"], "title": "Äpfel", "month": month, "value": "3.0000"},
        {"book_id": two["id"], "title": "Zebra", "month": month, "value": "3.0000"},
    ]
    assert clerk.get(f"{library}/reports/per-book").status_code == 403
    assert boss.get(f"{library}/reports/count-all").json() == {"rows": [{"value": 3}]}
    value = boss.get(f"{library}/reports/stock-value").json()["rows"]
    assert value == [{"name": "Zebra", "value": "0.00"}, {"name": "Äpfel", "value": "0.00"}]
    titles = boss.get(f"{library}/reports/titles").json()["rows"]
    assert titles == [{"bought_on": None, "value": "Zebra"}]


@pytest.mark.parametrize(
    ("query", "status", "rows"),
    [
        ({"from": SOON}, 200, 1),
        ({"to": SOON}, 200, 0),
        ({"from": f"{SOON}T00:00:00+02:00", "to": "9999-12-31"}, 200, 1),
        ({"from": "soon"}, 422, 0),
        ({"from": f"{SOON}T00:00:00"}, 422, 0),
        ({"until": SOON}, 422, 0),
    ],
)
def test_a_report_has_a_period(
    boss: httpx.Client, library: str, query: dict[str, str], status: int, rows: int
) -> None:
    lend(boss, library, book(boss, library)["id"])
    answer = boss.get(f"{library}/reports/per-book", params=query)
    assert (answer.status_code, len(answer.json().get("rows", []))) == (status, rows)


def test_a_report_of_nothing(boss: httpx.Client, sign_in: SignIn, library: str) -> None:
    assert boss.get(f"{library}/reports/count-all").json() == {"rows": [{"value": 0}]}
    assert boss.get(f"{library}/reports/newest").json() == {"rows": [{"value": None}]}
    assert boss.get(f"{library}/reports/titles").json() == {"rows": []}
    assert boss.get(f"{library}/reports/titles", params={"from": SOON}).status_code == 422
    assert sign_in("stranger").get(f"{library}/reports/count-all").status_code == 404


def test_a_feed_is_a_list_of_its_own(
    boss: httpx.Client, clerk: httpx.Client, sign_in: SignIn, library: str
) -> None:
    me = user_id(boss)
    books = [
        book(boss, library, copies=1, keeper_id=me, title="B"),
        book(boss, library, copies=1, keeper_id=me, title="A"),
        book(boss, library, copies=2, keeper_id=me),
        book(boss, library, copies=0, keeper_id=user_id(clerk)),
        book(boss, library, copies=0, keeper_id=me),
    ]
    path = f"{library}/feeds/scarce"
    shown = boss.get(path).json()["items"]
    assert shown == [books[1], books[0], books[4]]
    first = boss.get(path, params={"limit": 2}).json()
    rest = boss.get(path, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [*first["items"], *rest["items"]] == shown
    assert boss.get(path, params={"copies": 1}).status_code == 422
    assert len(clerk.get(path).json()["items"]) == 1
    assert sign_in("stranger").get(path).status_code == 404
    assert clerk.get(f"{library}/feeds/notes").status_code == 403


JOB = """
import asyncio
from app.core.db import Database
from app.core.settings import load_settings
import app.tasks
from app.jobs import overdue
from app.rows.batches import run_for_each

async def main():
    async with Database(load_settings()) as database:
        await run_for_each(database, overdue.DUE, overdue.handle)

asyncio.run(main())
"""


def test_a_job_handles_the_rows_that_are_due(
    boss: httpx.Client, library: str, held: psycopg.Connection, project: Project
) -> None:
    mine = book(boss, library, title="Late")
    late, other = (lend(boss, library, mine["id"]).headers["location"] for _ in range(2))
    key = late.rpartition("/")[2]
    held.execute("UPDATE loans SET due_on = '2020-01-01' WHERE id = %s", (key,))
    held.commit()
    run_python(project, JOB)
    assert [boss.get(loan).json()["fee"] for loan in (late, other)] == ["1.00", "0.00"]
    assert notes(boss, library)[-1] == "overdue"
    mail = queued(held, "send_email")[-1]
    assert mail["subject"] == "Bring back Late"
    assert mail["text"] == "It was due on 2020-01-01: 100% now"


def test_the_queue_knows_all_tasks(project: Project) -> None:
    told = run_python(
        project, "import json; from app.tasks import TASKS; print(json.dumps(sorted(TASKS.tasks)))"
    )
    names = {name.rpartition(":")[2] for name in json.loads(told)}
    assert {"look", "overdue", "post_webhook", "send_email", "tidy"} <= names
    assert (project.folder / "migrations/0003_queue.up.sql").exists()


def run_python(project: Project, source: str) -> str:
    """Run some lines in the project's folder; returns what they print."""
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

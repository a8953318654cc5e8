"""What a window needs of a running project: its rows, and requests as any actor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from engine_process import new_home, running_engine
from event_stream import follow

BLUEPRINT = """\
blueprint: 1
name: Shelf
accounts: {sign_up: open, roles: [librarian]}
entities:
  Book:
    owner: keeper
    fields:
      title: {type: string, min: 2, max: 80, search: true}
      pages: {type: integer, min: 1, optional: true}
      price: {type: money, default: 1.50}
    relations: {keeper: {to: User}}
    access: {list: public, read: public, create: authenticated, update: owner, delete: librarian}
"""


@pytest.fixture(scope="module")
def api() -> Iterator[httpx.Client]:
    with new_home() as home, running_engine(home) as engine:
        yield engine.client


@pytest.fixture(scope="module")
def path(api: httpx.Client) -> str:
    """The address of a project that runs."""
    created = api.post("/api/v1/projects", json={"blueprint": BLUEPRINT})
    assert created.status_code == 201, created.text
    project = f"/api/v1/projects/{created.json()['project']['id']}"
    assert end_of(api, created.json()["job"]["id"]) == "succeeded"
    assert end_of(api, api.post(f"{project}/preview").json()["id"]) == "succeeded"
    return project


def end_of(api: httpx.Client, job: str) -> str:
    return [event.type for event in follow(api, f"/api/v1/jobs/{job}/events")][-1]


def send(api: httpx.Client, path: str, actor: str, method: str, to: str, body: Any = None) -> Any:
    """The answer of the project to a request of an actor."""
    asked = {"actor": actor, "method": method, "path": to, "body": body}
    answer = api.post(f"{path}/requests", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_actor_sends_requests(api: httpx.Client, path: str) -> None:
    names = [one["name"] for one in api.get(f"{path}/actors").json()["actors"]]
    assert names == ["anonymous", "user", "other", "librarian", "admin"]
    book = {"title": "Momo"}
    assert send(api, path, "anonymous", "POST", "/books", book)["status"] == 401
    made = send(api, path, "user", "POST", "/books", book)
    assert made["status"] == 201
    assert made["request_id"]
    location = dict(made["headers"])["location"]
    etag = dict(made["headers"])["etag"]
    asked = {
        "method": "PATCH",
        "path": location,
        "body": {"pages": 3},
        "headers": {"If-Match": etag},
    }
    refused = api.post(f"{path}/requests", json=asked | {"actor": "other"}).json()
    assert refused["status"] == 403
    changed = api.post(f"{path}/requests", json=asked | {"actor": "user"}).json()
    assert changed["status"] == 200, changed
    assert send(api, path, "librarian", "DELETE", location)["status"] in (204, 428)
    unknown = api.post(f"{path}/requests", json={"actor": "nobody", "method": "GET", "path": "/"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "no-such-actor")


def test_the_sql_of_a_request_is_told_without_its_values(api: httpx.Client, path: str) -> None:
    made = send(api, path, "user", "POST", "/books", {"title": "Very Secret Title"})
    found = api.get(f"{path}/requests/{made['request_id']}/statements")
    statements = [one["sql"] for one in found.json()["statements"]]
    assert any("INSERT INTO books" in sql for sql in statements), statements
    assert "Very Secret Title" not in found.text
    other = send(api, path, "anonymous", "GET", "/health")
    assert api.get(f"{path}/requests/{other['request_id']}/statements").json()["statements"] == []


def test_no_token_of_an_actor_reaches_the_window(api: httpx.Client, path: str) -> None:
    asked = {
        "actor": "user",
        "method": "GET",
        "path": "/books",
        "headers": {"Authorization": "Bearer mine", "Host": "evil.example"},
    }
    answer = api.post(f"{path}/requests", json=asked)
    assert answer.json()["status"] == 200  # the actor's own token was sent, to the project
    assert "Bearer" not in answer.text


@pytest.mark.parametrize("target", ["books", "http://evil.example/", "/a b", "/a\r\nX: y", "/é"])
def test_a_request_goes_to_the_project_only(api: httpx.Client, path: str, target: str) -> None:
    answer = api.post(f"{path}/requests", json={"method": "GET", "path": target})
    assert answer.status_code == 422


def test_rows_are_browsed_filtered_and_sorted(api: httpx.Client, path: str) -> None:
    for number in range(5):
        send(
            api,
            path,
            "user",
            "POST",
            "/books",
            {"title": f"Book {number}", "pages": 10 * number + 1},
        )
    tables = {one["name"]: one for one in api.get(f"{path}/data").json()["tables"]}
    assert tables["books"]["rows"] >= 5
    keys = [one["name"] for one in tables["books"]["columns"] if one["key"]]
    assert keys == ["id"]
    rows = f"{path}/data/tables/books"
    found = api.get(rows, params={"where": "title:contains:BOOK", "sort": "-pages", "limit": 2})
    assert [row["title"] for row in found.json()["rows"]] == ["Book 4", "Book 3"]
    assert found.json()["more"] is True
    both = api.get(rows, params={"where": ["pages:ge:11", "pages:lt:31"], "sort": "pages"})
    assert [row["title"] for row in both.json()["rows"]] == ["Book 1", "Book 2"]
    none = api.get(rows, params={"where": "pages:null:yes"})
    assert all(row["pages"] is None for row in none.json()["rows"])


@pytest.mark.parametrize(
    "where",
    ["nothing:eq:1", "title", "title:like:x", "title:eq", "pages:null:maybe", "pages:eq:x",
     "title\":eq:1", "pages:eq:1; DROP TABLE books"],
)  # fmt: skip
def test_a_filter_that_is_none_is_told(api: httpx.Client, path: str, where: str) -> None:
    answer = api.get(f"{path}/data/tables/books", params={"where": where})
    assert answer.status_code == 422, answer.text
    assert api.get(f"{path}/data/tables/books").status_code == 200


def test_values_are_values(api: httpx.Client, path: str) -> None:
    hostile = "x'); DROP TABLE books; --"
    answer = api.get(f"{path}/data/tables/books", params={"where": f"title:eq:{hostile}"})
    assert answer.json()["rows"] == []
    odd = api.get(f"{path}/data/tables/books", params={"sort": 'title"; DROP TABLE books'})
    assert odd.status_code == 422
    assert api.get(f"{path}/data/tables/pg_class").json()["code"] == "no-such-table"


def test_secrets_of_accounts_are_not_shown(api: httpx.Client, path: str) -> None:
    send(api, path, "user", "GET", "/books")
    rows = api.get(f"{path}/data/tables/users").json()["rows"]
    assert rows
    assert all(row["password_hash"] == "•••" for row in rows)
    sly = api.get(f"{path}/data/tables/users", params={"where": "password_hash:contains:a"})
    assert sly.json()["code"] == "hidden-column"
    assert api.get(f"{path}/data/tables/users?sort=password_hash").status_code == 422


def test_the_owner_changes_rows_and_all_is_written_down(api: httpx.Client, path: str) -> None:
    rows = f"{path}/data/tables/books"
    first = send(api, path, "user", "POST", "/books", {"title": "Mine"})
    template = api.get(rows, params={"where": "title:eq:Mine"}).json()["rows"][0]
    values = {k: v for k, v in template.items() if k in ("title", "price", "keeper_id")}
    added = api.post(rows, json={"values": values | {"title": "Added"}})
    assert first["status"] == 201
    assert added.status_code == 201, added.text
    key = {"id": added.json()["row"]["id"]}
    changed = api.patch(rows, json={"key": key, "values": {"title": "Changed", "pages": 7}})
    assert (changed.json()["row"]["title"], changed.json()["row"]["pages"]) == ("Changed", 7)
    broken = api.patch(rows, json={"key": key, "values": {"pages": 0}})
    assert (broken.status_code, broken.json()["code"]) == (409, "rule-broken")
    wrong = api.patch(rows, json={"key": key, "values": {"pages": "many"}})
    assert wrong.status_code == 422
    assert api.post(f"{rows}/removal", json={"key": key}).status_code == 204
    gone = api.patch(rows, json={"key": key, "values": {"pages": 1}})
    assert (gone.status_code, gone.json()["code"]) == (404, "no-such-row")
    assert api.post(f"{rows}/removal", json={"key": {"title": "x"}}).json()["code"] == "no-key"
    changes = api.get(f"{path}/data/changes").json()["changes"]
    assert [one["action"] for one in changes[:3]] == ["delete", "update", "insert"]
    assert (changes[1]["before"]["title"], changes[1]["after"]["title"]) == ("Added", "Changed")

"""Idempotency-Key: one effect, one answer, also when the same request comes twice at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import psycopg
from reference_project import Service


def headers(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def names(client: httpx.Client, name: str) -> int:
    return len(client.get("/boards", params={"name": name}).json()["items"])


def test_a_repeated_creation_is_one_creation(ada: httpx.Client) -> None:
    key, name = str(uuid4()), str(uuid4())
    first = ada.post("/boards", json={"name": name}, headers=headers(key))
    second = ada.post("/boards", json={"name": name}, headers=headers(key))
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    for header in ("location", "etag", "content-type"):
        assert first.headers[header] == second.headers[header]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert names(ada, name) == 1


def test_another_body_is_a_conflict(ada: httpx.Client) -> None:
    key = str(uuid4())
    ada.post("/boards", json={"name": "one"}, headers=headers(key)).raise_for_status()
    assert ada.post("/boards", json={"name": "two"}, headers=headers(key)).status_code == 409


def test_keys_are_per_user_and_route(ada: httpx.Client, bob: httpx.Client, board: str) -> None:
    key = str(uuid4())
    assert ada.post("/boards", json={"name": "x"}, headers=headers(key)).status_code == 201
    other = bob.post("/boards", json={"name": "y"}, headers=headers(key))
    assert other.status_code == 201
    assert "idempotency-replayed" not in other.headers
    card = ada.post(f"{board}/cards", json={"title": "x"}, headers=headers(key))
    assert card.status_code == 201


def test_refusals_are_not_kept(ada: httpx.Client, board: str) -> None:
    key = str(uuid4())
    ada.post(f"{board}/cards", json={"title": "taken"}).raise_for_status()
    blocked = ada.post(f"{board}/cards", json={"title": "taken"}, headers=headers(key))
    assert blocked.status_code == 409
    path = ada.get(f"{board}/cards").json()["items"][0]["id"]
    ada.delete(f"{board}/cards/{path}").raise_for_status()
    assert (
        ada.post(f"{board}/cards", json={"title": "taken"}, headers=headers(key)).status_code == 201
    )


def test_a_strange_key_is_refused(ada: httpx.Client) -> None:
    for key in ("", "a b", "x" * 256):
        answer = ada.post("/boards", json={"name": 1}, headers=headers(key))
        assert answer.status_code == 422, key
        pointers = [error["pointer"] for error in answer.json()["errors"]]
        assert pointers == ["/header/Idempotency-Key", "/name"]


def test_anonymous_keys_mean_nothing(anonymous: httpx.Client) -> None:
    assert anonymous.post("/boards", json={"name": "x"}, headers=headers("k")).status_code == 401


def test_a_transition_can_be_repeated(ada: httpx.Client, card: str) -> None:
    key = str(uuid4())
    first = ada.post(f"{card}/start", headers=headers(key))
    second = ada.post(f"{card}/start", headers=headers(key))
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json()["status"] == "doing"


def test_many_at_once_have_one_effect(service: Service, ada: httpx.Client) -> None:
    key, name = str(uuid4()), str(uuid4())
    token = ada.headers["authorization"].partition(" ")[2]

    def create(_: int) -> httpx.Response:
        with service.client(token) as client:
            return client.post("/boards", json={"name": name}, headers=headers(key))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(create, range(16)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        assert answer.status_code == 201 or answer.headers["retry-after"] == "1"
    assert names(ada, name) == 1


def test_still_running_is_told(service: Service, ada: httpx.Client, board: str) -> None:
    """The first request is held up by a lock on the board, until the second has been answered."""
    key = str(uuid4())
    token = ada.headers["authorization"].partition(" ")[2]
    board_id = board.rpartition("/")[2]

    def create(title: str) -> httpx.Response:
        with service.client(token) as client:
            return client.post(f"{board}/cards", json={"title": title}, headers=headers(key))

    with psycopg.connect(service.project.database_url) as blocker, ThreadPoolExecutor(1) as pool:
        blocker.execute("SELECT FROM boards WHERE id = %s FOR UPDATE", [board_id])
        first = pool.submit(create, "x")
        _wait_for_a_blocked_session(service.project.database_url)
        second = create("x")
        assert second.status_code == 409
        assert second.headers["retry-after"] == "1"
        blocker.rollback()
        assert first.result().status_code == 201
    third = create("x")
    assert (third.status_code, third.content) == (201, first.result().content)


def _wait_for_a_blocked_session(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as watcher:
        for _ in range(500):
            row = watcher.execute(
                "SELECT count(*), pg_sleep(0.01) FROM pg_stat_activity "
                "WHERE wait_event_type = 'Lock'"
            ).fetchone()
            if row is not None and row[0] > 0:
                return
    raise AssertionError("no session waits for a lock")

"""The todo project for real: emitted, migrated, served, and used by two people."""

from __future__ import annotations

import httpx
from emitted_service import SignIn
from reference_project import PASSWORD, Service

PROJECT = "todo"


def test_two_people_keep_their_todos_apart(service: Service) -> None:
    with service.client() as client:
        for name in ("ann", "bob"):
            body = {"email": f"{name}@example.com", "password": PASSWORD}
            assert client.post("/auth/register", json=body).status_code == 201
    ann, bob = service.signed_in("ann@example.com"), service.signed_in("bob@example.com")

    created = ann.post("/todos", json={"title": "Buy milk", "due_on": "2030-01-02"})
    assert created.status_code == 201
    address = created.headers["location"]
    todo = created.json()
    assert list(todo) == [
        "id",
        "title",
        "description",
        "done",
        "due_on",
        "owner_id",
        "created_at",
        "updated_at",
    ]
    assert address == f"/todos/{todo['id']}"
    assert ann.get(address).json() == todo
    assert [row["id"] for row in ann.get("/todos").json()["items"]] == [todo["id"]]

    unknown = bob.get("/todos/0198c7a4-5e6f-7abc-8def-0123456789ab")
    for refused in (
        bob.get(address),
        bob.patch(address, json={"done": True}),
        bob.delete(address),
    ):
        assert refused.status_code == 404
        assert _without_request_id(refused) == _without_request_id(unknown)
    assert bob.get("/todos").json() == {"items": [], "next_cursor": None}
    assert ann.get(address).json() == todo


def _without_request_id(response: httpx.Response) -> dict[str, object]:
    return {key: value for key, value in response.json().items() if key != "request_id"}


def test_nobody_is_asked_to_sign_in(service: Service) -> None:
    with service.client() as client:
        for method, path in (
            ("GET", "/todos"),
            ("POST", "/todos"),
            ("GET", "/todos/0198c7a4-5e6f-7abc-8def-0123456789ab"),
            ("PATCH", "/todos/not-an-id"),
        ):
            answer = client.request(method, path, json={"title": "x"})
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_body_is_refused_by_field(sign_in: SignIn) -> None:
    client = sign_in("carol")
    answer = client.post("/todos", json={"title": "", "owner_id": "x", "colour": 1, "done": None})
    assert answer.status_code == 422
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("/title", "too_short"),
        ("/owner_id", "read_only"),
        ("/colour", "unknown"),
        ("/done", "type"),
    }


def test_a_change_keeps_what_is_not_given(sign_in: SignIn) -> None:
    client = sign_in("carol")
    created = client.post("/todos", json={"title": "Bread", "description": "Rye"})
    address, etag = created.headers["location"], created.headers["etag"]

    changed = client.patch(address, json={"done": True}, headers={"If-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag
    assert changed.json()["done"] is True
    assert changed.json()["description"] == "Rye"

    stale = client.patch(address, json={"done": False}, headers={"If-Match": etag})
    assert stale.status_code == 412
    same = client.patch(address, json={})
    assert same.headers["etag"] == changed.headers["etag"]
    assert client.patch(address, json={"description": None}).json()["description"] is None
    assert client.patch(address, json={"title": None}).status_code == 422
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_an_idempotency_key_gives_one_row(sign_in: SignIn) -> None:
    client = sign_in("carol")
    headers = {"Idempotency-Key": "only-once"}
    first = client.post("/todos", json={"title": "Once"}, headers=headers)
    again = client.post("/todos", json={"title": "Once"}, headers=headers)
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert client.post("/todos", json={"title": "Two"}, headers=headers).status_code == 409

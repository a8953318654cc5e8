"""Rows over HTTP: reading, writing, versions, refusals and their order."""

from __future__ import annotations

import socket
from uuid import uuid4

import httpx
import pytest
from reference_project import Service

SECURITY_HEADERS = {
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "content-security-policy",
    "x-request-id",
}


def problem(answer: httpx.Response, status: int) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert {"type", "title", "status", "detail", "request_id"} <= body.keys()
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def pointers(answer: httpx.Response) -> list[str]:
    errors = problem(answer, 422)["errors"]
    assert isinstance(errors, list)
    return [error["pointer"] for error in errors]


def test_what_is_created_is_read_again(ada: httpx.Client, board: str) -> None:
    given = {
        "title": "Paint",
        "notes": "two coats\nof paint",
        "priority": "high",
        "budget": "120.5",
        "spent": "80.50",
        "due_at": "2026-12-01T10:00:00+02:00",
    }
    created = ada.post(f"{board}/cards", json=given)
    assert created.status_code == 201
    assert created.headers["etag"] == '"1"'
    assert set(created.headers) >= SECURITY_HEADERS
    row = created.json()
    assert list(row) == [
        "id",
        "board_id",
        "title",
        "notes",
        "priority",
        "budget",
        "spent",
        "due_at",
        "status",
        "attachment",
        "created_at",
        "updated_at",
    ]
    assert row["budget"] == "120.50"
    assert row["due_at"] == "2026-12-01T08:00:00+00:00"
    assert row["status"] == "open"
    read = ada.get(created.headers["location"])
    assert read.status_code == 200
    assert read.json() == row
    assert read.headers["etag"] == created.headers["etag"]


def test_defaults_are_filled_in(ada: httpx.Client, card: str) -> None:
    row = ada.get(card).json()
    assert (row["notes"], row["priority"], row["budget"], row["due_at"]) == (
        None,
        "normal",
        "0.00",
        None,
    )


def test_a_patch_changes_only_what_is_given(ada: httpx.Client, card: str) -> None:
    before = ada.get(card).json()
    answer = ada.patch(card, json={"notes": "x", "budget": "5"})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    after = answer.json()
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"notes", "budget", "updated_at"}
    assert ada.patch(card, json={"notes": None}).json()["notes"] is None
    assert ada.get(card).json()["budget"] == "5.00"


def test_an_empty_patch_changes_nothing(ada: httpx.Client, card: str) -> None:
    answer = ada.patch(card, json={})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')


def test_null_is_refused_for_a_required_field(ada: httpx.Client, card: str) -> None:
    assert pointers(ada.patch(card, json={"title": None, "budget": None})) == ["/title", "/budget"]


@pytest.mark.parametrize(
    "name",
    ["id", "board_id", "status", "attachment", "created_at", "updated_at", "owner_id", "version"],
)
def test_fields_that_cannot_be_set_are_refused(
    ada: httpx.Client, board: str, card: str, name: str
) -> None:
    assert pointers(ada.post(f"{board}/cards", json={"title": "x", name: "y"})) == [f"/{name}"]
    assert pointers(ada.patch(card, json={name: "y"})) == [f"/{name}"]


def test_a_deleted_row_is_gone_and_its_siblings_stay(
    ada: httpx.Client, board: str, card: str
) -> None:
    other = ada.post(f"{board}/cards", json={"title": "other"}).headers["location"]
    assert ada.delete(card).status_code == 204
    problem(ada.get(card), 404)
    problem(ada.delete(card), 404)
    assert [item["title"] for item in ada.get(f"{board}/cards").json()["items"]] == ["other"]
    assert ada.get(other).status_code == 200


def test_parts_go_with_the_whole(ada: httpx.Client, board: str, card: str) -> None:
    assert ada.delete(board).status_code == 204
    problem(ada.get(card), 404)


def test_unchanged_rows_are_not_sent_again(ada: httpx.Client, card: str) -> None:
    etag = ada.get(card).headers["etag"]
    again = ada.get(card, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    ada.patch(card, json={"notes": "new"})
    assert ada.get(card, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "POST"])
def test_a_stale_version_is_refused(ada: httpx.Client, card: str, method: str) -> None:
    path = f"{card}/start" if method == "POST" else card
    json = {"notes": "y"} if method == "PATCH" else None
    ada.patch(card, json={"notes": "x"})
    problem(ada.request(method, path, headers={"If-Match": '"1"'}, json=json), 412)
    assert ada.get(card).json()["notes"] == "x"
    assert ada.get(card).json()["status"] == "open"
    assert ada.request(method, path, headers={"If-Match": '"2"'}, json=json).is_success


def test_transitions_go_only_where_they_may(ada: httpx.Client, card: str) -> None:
    wrong = problem(ada.post(f"{card}/finish"), 409)
    assert wrong["rule"] == "card.status"
    assert "open" in str(wrong["detail"])
    assert ada.get(card).json()["status"] == "open"
    started = ada.post(f"{card}/start")
    assert (started.status_code, started.json()["status"], started.headers["etag"]) == (
        200,
        "doing",
        '"2"',
    )
    problem(ada.post(f"{card}/start"), 409)
    assert ada.post(f"{card}/finish", json={}).json()["status"] == "done"
    assert pointers(ada.post(f"{card}/start", json={"to": "open"})) == ["/to"]


@pytest.mark.usefixtures("card")
def test_a_unique_value_is_taken_once(ada: httpx.Client, board: str) -> None:
    taken = problem(ada.post(f"{board}/cards", json={"title": "Paint the door"}), 409)
    assert taken["rule"] == "card.unique"
    other = ada.post(f"{board}/cards", json={"title": "Other"}).headers["location"]
    problem(ada.patch(other, json={"title": "Paint the door"}), 409)
    assert ada.get(other).json()["title"] == "Other"
    elsewhere = ada.post("/boards", json={"name": "Other"}).headers["location"]
    assert ada.post(f"{elsewhere}/cards", json={"title": "Paint the door"}).status_code == 201


def test_a_check_over_the_row_holds_for_creation_and_change(
    ada: httpx.Client, board: str, card: str
) -> None:
    wrong = problem(
        ada.post(f"{board}/cards", json={"title": "x", "budget": "1", "spent": "1.01"}), 422
    )
    assert wrong["rule"] == "card.check"
    problem(ada.patch(card, json={"spent": "0.01"}), 422)
    assert ada.get(card).json()["spent"] == "0.00"


def test_access(
    ada: httpx.Client,
    bob: httpx.Client,
    root: httpx.Client,
    anonymous: httpx.Client,
    board: str,
    card: str,
) -> None:
    for client in (bob, root, anonymous):
        problem(client.get(board), 404)
        problem(client.get(card), 404)
        problem(client.get(f"{board}/cards"), 404)
    for method in ("PATCH", "DELETE"):
        problem(bob.request(method, board, json={"name": "x"}), 404)
        problem(anonymous.request(method, board, json={"name": "x"}), 401)
    ada.patch(board, json={"published": True}).raise_for_status()
    for client in (bob, root, anonymous):
        assert client.get(board).status_code == 200
        assert client.get(card).status_code == 200
    for path in (board, card):
        problem(bob.patch(path, json={}), 403)
        problem(bob.delete(path), 403)
    problem(bob.post(f"{board}/cards", json={"title": "x"}), 403)
    problem(bob.post(f"{card}/start"), 403)
    problem(root.patch(board, json={"name": "x"}), 403)
    assert ada.get(card).json()["title"] == "Paint the door"
    assert root.delete(board).status_code == 204


def test_a_part_belongs_to_its_whole(ada: httpx.Client, card: str) -> None:
    other = ada.post("/boards", json={"name": "Other"}).headers["location"]
    card_id = card.rpartition("/")[2]
    for method in ("GET", "PATCH", "DELETE"):
        problem(ada.request(method, f"{other}/cards/{card_id}", json={}), 404)


@pytest.mark.parametrize(
    "row",
    [
        "x",
        "1",
        "%00",
        "..",
        "%2e%2e%2fetc",
        "{}",
        "ä" * 36,
        "00000000-0000-0000-0000-00000000000g",
        "0" * 36,
    ],
)
def test_what_is_no_id_is_not_found(ada: httpx.Client, row: str) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        assert ada.request(method, f"/boards/{row}", json={"name": "x"}).status_code in {404, 405}


def test_a_foreign_row_looks_like_none(bob: httpx.Client, board: str) -> None:
    foreign, absent = bob.get(board), bob.get(f"/boards/{uuid4()}")
    bodies = [{**a.json(), "request_id": None} for a in (foreign, absent)]
    assert bodies[0] == bodies[1]
    kept = [
        {k: v for k, v in a.headers.items() if k not in {"x-request-id", "date"}}
        for a in (foreign, absent)
    ]
    assert kept[0] == kept[1]


def test_order_of_refusals(
    ada: httpx.Client, bob: httpx.Client, anonymous: httpx.Client, board: str, card: str
) -> None:
    """Each request is wrong in all the later ways as well."""
    stale = {"If-Match": '"99"'}
    as_text = {"Content-Type": "text/plain", **stale}
    as_json = {"Content-Type": "application/json", **stale}
    bad_token = {"Authorization": "Bearer nonsense"}
    large = b"x" * 1_100_000
    problem(anonymous.patch("/nowhere", content=large, headers={**as_text, **bad_token}), 404)
    refused = anonymous.put(board, content=large, headers={**as_text, **bad_token})
    problem(refused, 405)
    assert refused.headers["allow"] == "DELETE, GET, HEAD, PATCH"
    problem(anonymous.patch(card, content=large, headers=as_text), 401)
    problem(ada.patch(card, content=large, headers={**as_text, **bad_token}), 401)
    problem(bob.patch(card, content=large, headers=as_text), 404)
    ada.patch(board, json={"published": True})
    problem(bob.patch(card, content=large, headers=as_text), 403)
    problem(bob.post(f"{board}/cards", content=large, headers=as_text), 403)
    problem(ada.patch(card, content=large, headers=as_text), 413)
    problem(ada.patch(card, content=b"{", headers=as_text), 415)
    problem(ada.patch(card, content=b"{", headers=as_json), 400)
    problem(ada.patch(card, content=b'{"title": 1}', headers=as_json), 412)
    problem(
        ada.patch(card, content=b'{"title": 1}', headers={"Content-Type": "application/json"}), 422
    )
    problem(ada.post(f"{card}/finish", json={"x": 1}), 422)
    problem(ada.post(f"{card}/finish"), 409)
    problem(anonymous.get(f"/boards/{uuid4()}/cards?limit=0"), 404)
    problem(anonymous.get(f"{board}/cards?limit=0"), 422)


def test_a_401_names_the_scheme(anonymous: httpx.Client) -> None:
    for headers in (
        {},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer"},
        {"Authorization": ""},
    ):
        refused = anonymous.post("/boards", json={"name": "x"}, headers=headers)
        problem(refused, 401)
        assert refused.headers["www-authenticate"].startswith("Bearer")


def test_a_wrong_token_is_refused_where_none_is_needed(anonymous: httpx.Client) -> None:
    assert anonymous.get("/boards").status_code == 200
    problem(anonymous.get("/boards", headers={"Authorization": "Bearer x"}), 401)


def test_head_is_get_without_a_body(ada: httpx.Client, card: str) -> None:
    head, get = ada.head(card), ada.get(card)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/boards", "GET, HEAD, POST"),
        ("POST", "/health", "GET, HEAD"),
        ("GET", "/auth/login", "POST"),
        ("OPTIONS", "/boards", "GET, HEAD, POST"),
        ("TRACE", "/boards", "GET, HEAD, POST"),
    ],
)
def test_other_methods_are_not_allowed(
    anonymous: httpx.Client, method: str, path: str, allow: str
) -> None:
    refused = anonymous.request(method, path)
    problem(refused, 405)
    assert refused.headers["allow"] == allow


@pytest.mark.parametrize(
    "path",
    ["/", "/nope", "/boards/", "//boards", "/boards/x/y", "/Boards", "/app/core", "/../etc/passwd"],
)
def test_unknown_paths_are_not_found(anonymous: httpx.Client, path: str) -> None:
    problem(anonymous.get(path), 404)


def test_a_streamed_body_is_cut_off(service: Service, ada: httpx.Client) -> None:
    """No declared length: the service must answer before it has read all, and go on living."""
    token = ada.headers["authorization"]
    head = (
        f"POST /boards HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        connection.sendall(head.encode())
        sent = 0
        try:
            for _ in range(64):
                connection.sendall(chunk)
                sent += 1
        except OSError:
            pass
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413")
    assert ada.get("/boards").status_code == 200


@pytest.mark.parametrize("given", ["abc-123_x.y", "x" * 64])
def test_a_harmless_request_id_is_kept(anonymous: httpx.Client, given: str) -> None:
    assert (
        anonymous.get("/health", headers={"X-Request-Id": given}).headers["x-request-id"] == given
    )


@pytest.mark.parametrize("given", ["x" * 65, "a b", 'a"b', "a;b", "<script>"])
def test_a_strange_request_id_is_replaced(anonymous: httpx.Client, given: str) -> None:
    answer = anonymous.get("/health", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] != given


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE boards; --",
        "{{7*7}}",
        "%s %(x)s %%",
        "\u202e\u0000x".replace("\0", ""),
        "😀" * 20,
        "a\u0301",
    ],
)
def test_texts_come_back_as_they_were(ada: httpx.Client, text: str) -> None:
    answer = ada.post("/boards", json={"name": text})
    assert answer.status_code == 201
    assert ada.get(answer.headers["location"]).json()["name"] == text


def test_lengths_are_counted_in_characters(ada: httpx.Client) -> None:
    assert ada.post("/boards", json={"name": "😀" * 80}).status_code == 201
    assert pointers(ada.post("/boards", json={"name": "😀" * 81})) == ["/name"]

"""Everything: each construct at least once, also where they meet."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

import httpx
import pytest
from emitted_service import SignIn, created, refusal, user_id

PROJECT = "everything"

_numbers = count(1)
_OWN = {"display_name": "Somebody"}


@pytest.fixture
def librarian(sign_in: SignIn) -> httpx.Client:
    return sign_in("librarian", "librarian", **_OWN)


@pytest.fixture
def patron(sign_in: SignIn) -> httpx.Client:
    return sign_in("patron", "patron", **_OWN)


@pytest.fixture
def other(sign_in: SignIn) -> httpx.Client:
    return sign_in("other", "patron", **_OWN)


@pytest.fixture
def admin(sign_in: SignIn) -> httpx.Client:
    return sign_in("admin", "admin", **_OWN)


@pytest.fixture
def branch(librarian: httpx.Client) -> dict[str, Any]:
    return created(librarian, "/branches", name=f"Branch {next(_numbers)}")


@pytest.fixture
def room(librarian: httpx.Client, branch: dict[str, Any]) -> dict[str, Any]:
    return created(librarian, f"/branches/{branch['id']}/rooms", number=next(_numbers))


@pytest.fixture
def item(librarian: httpx.Client) -> dict[str, Any]:
    number = next(_numbers)
    topic = created(librarian, "/subject-matter", name=f"topic-{number}")
    return created(
        librarian,
        "/items",
        title=f"Title {number}",
        code=f"AB-{number:04d}",
        price="2.50",
        copies=2,
        topic_id=topic["id"],
    )


def test_own_fields_of_users(service: Any, patron: httpx.Client) -> None:
    with service.client() as client:
        body = {"email": "x@example.com", "password": "correct horse", "phone": "123"}
        assert refusal(client.post("/auth/register", json=body)) == (422, "/display_name")
    me = patron.get("/users/me").json()
    assert me["display_name"] == "Somebody"
    assert me["credit"] == "0.00"
    assert "phone" not in me


def test_defaults_are_worked_out(librarian: httpx.Client) -> None:
    name = f"Café à la Größe {next(_numbers)}"
    branch = created(librarian, "/branches", name=name)
    assert branch["slug"].startswith("cafe-a-la-gro-e")
    assert branch["opened_on"] in {
        dt.datetime.now(dt.UTC).date().isoformat(),
        (dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)).date().isoformat(),
    }
    assert branch["opens_at"] == "09:00:00"
    assert branch["languages"] == ["german"]
    assert branch["settings"] is branch["site"] is branch["plan"] is None
    room = created(librarian, f"/branches/{branch['id']}/rooms", number=1)
    assert room["turn"] == "PT30M"
    assert room["free_from"].endswith("+00:00")
    given = created(
        librarian,
        f"/branches/{branch['id']}/rooms",
        number=2,
        turn="P1D",
        free_from="2030-01-01T00:00:00.500Z",
    )
    assert given["turn"] == "PT24H"
    assert given["free_from"] == "2030-01-01T00:00:00.5+00:00"


def test_json_and_lists_come_back_as_they_were(librarian: httpx.Client) -> None:
    settings = {"a": [1, 2.5, None, {"b": "ü\u2028"}], "big": 10**30}
    branch = created(
        librarian,
        "/branches",
        name=f"Branch {next(_numbers)}",
        settings=settings,
        holidays=["2030-01-01"],
        contact="a@example.com",
        site="https://example.com/a?b=c",
        opens_at="07:30",
    )
    assert branch["settings"] == settings
    assert branch["holidays"] == ["2030-01-01"]
    assert branch["opens_at"] == "07:30:00"
    address = f"/branches/{branch['id']}"
    changed = librarian.patch(address, json={"settings": [], "languages": ["a", "b"]}).json()
    assert (changed["settings"], changed["languages"]) == ([], ["a", "b"])
    for wrong in (
        {"languages": ["x"] * 6},
        {"languages": [1]},
        {"holidays": ["2030-02-30"]},
        {"site": "ftp://example.com"},
        {"contact": "nobody"},
        {"opens_at": "24:00"},
        {"secret_note": "a\u0000b"},
    ):
        assert librarian.patch(address, json=wrong).status_code == 422


def test_private_fields_never_leave(librarian: httpx.Client) -> None:
    branch = created(librarian, "/branches", name=f"Branch {next(_numbers)}", secret_note="hush")
    assert "secret_note" not in branch
    assert "hush" not in librarian.get("/branches").text
    assert librarian.get("/branches?secret_note=hush").status_code == 422


def test_some_fields_are_for_some_eyes_and_hands(
    librarian: httpx.Client, patron: httpx.Client, admin: httpx.Client
) -> None:
    name = f"Branch {next(_numbers)}"
    refused = librarian.post("/branches", json={"name": name, "rating": "4.0"})
    assert refusal(refused) == (422, "/rating")
    branch = created(librarian, "/branches", name=name, budget="77.00")
    address = f"/branches/{branch['id']}"
    assert branch["budget"] == "77.00"
    assert "budget" not in patron.get(address).json()
    assert admin.get(address).json()["budget"] == "77.00"
    found = {"budget.gte": "76.50", "q": name}
    assert [b["id"] for b in librarian.get("/branches", params=found).json()["items"]] == [
        branch["id"]
    ]
    assert patron.get("/branches", params=found).json()["items"] == []
    assert patron.get("/branches", params={"sort": "-budget"}).status_code == 200
    assert refusal(librarian.patch(address, json={"rating": "4.0"})) == (422, "/rating")
    assert admin.patch(address, json={"rating": "4.5"}).json()["rating"] == "4.5"


def test_a_guarded_part_needs_a_version(
    librarian: httpx.Client, patron: httpx.Client, branch: dict[str, Any], room: dict[str, Any]
) -> None:
    rooms = f"/branches/{branch['id']}/rooms"
    address = f"{rooms}/{room['id']}"
    assert librarian.patch(address, json={"seats": 9}).status_code == 428
    etag = librarian.get(address).headers["etag"]
    assert patron.patch(address, json={"seats": 9}).status_code == 403
    changed = librarian.patch(address, json={"seats": 9}, headers={"If-Match": etag})
    assert changed.json()["seats"] == 9
    assert librarian.delete(address, headers={"If-Match": etag}).status_code == 412
    assert patron.post(rooms, json={}).status_code == 403
    assert librarian.delete(address, headers={"If-Match": "*"}).status_code == 204
    created(librarian, rooms, number=998)
    created(librarian, rooms, number=997)
    assert [r["number"] for r in librarian.get(rooms).json()["items"]] == [997, 998]
    taken = librarian.post(rooms, json={"number": 998})
    assert refusal(taken) == (409, "room.unique")


def test_a_part_of_a_part(
    librarian: httpx.Client, patron: httpx.Client, branch: dict[str, Any], room: dict[str, Any]
) -> None:
    shelves = f"/branches/{branch['id']}/rooms/{room['id']}/shelves"
    shelf = created(librarian, shelves, label="A1")
    assert (shelf["depth"], shelf["kind"]) == ("30.00", 1)
    assert patron.get(f"{shelves}/{shelf['id']}").json() == shelf
    elsewhere = created(librarian, "/branches", name=f"Branch {next(_numbers)}")
    wrong = f"/branches/{elsewhere['id']}/rooms/{room['id']}/shelves/{shelf['id']}"
    assert librarian.get(wrong).status_code == 404
    assert librarian.patch(wrong, json={"label": "B2"}).status_code == 404
    assert patron.patch(f"{shelves}/{shelf['id']}", json={"label": "B2"}).status_code == 403
    for body, pointer in (
        ({"label": "a1"}, "/label"),
        ({"depth": "0"}, "/depth"),
        ({"depth": "1.001"}, "/depth"),
        ({"kind": 4}, "/kind"),
        ({"room_id": room["id"]}, "/room_id"),
    ):
        refused = librarian.patch(f"{shelves}/{shelf['id']}", json=body)
        assert refusal(refused) == (422, pointer)
    assert patron.post(shelves, json={"label": "C3"}).status_code == 403


def test_links(librarian: httpx.Client, patron: httpx.Client, branch: dict[str, Any]) -> None:
    topic = created(librarian, "/subject-matter", name=f"topic-{next(_numbers)}")
    topics = f"/branches/{branch['id']}/topics"
    assert patron.put(f"{topics}/{topic['id']}").status_code == 403
    for _ in range(2):
        assert librarian.put(f"{topics}/{topic['id']}").status_code == 204
    assert [t["id"] for t in patron.get(topics).json()["items"]] == [topic["id"]]
    assert patron.get(f"{topics}?q=nothing").json()["items"] == []
    unknown = "0198c7a4-5e6f-7abc-8def-0123456789ab"
    assert librarian.put(f"{topics}/{unknown}").status_code == 404
    for _ in range(2):
        assert librarian.delete(f"{topics}/{topic['id']}").status_code == 204
    assert patron.get(topics).json()["items"] == []
    assert patron.get(f"/branches/{unknown}/topics").status_code == 404


def test_derived_and_computed_values(
    librarian: httpx.Client, patron: httpx.Client, other: httpx.Client, item: dict[str, Any]
) -> None:
    address = f"/items/{item['id']}"
    assert item["value"] == "5.00"
    assert (item["loan_count"], item["last_due"], item["mean_fee"]) == (0, None, None)
    created(patron, "/loans", item_id=item["id"], due_on="2040-01-01")
    loan = created(other, "/loans", item_id=item["id"], due_on="2040-01-05")
    assert loan["fee"] == "2.50"
    now = patron.get(address).json()
    assert (now["loan_count"], now["last_due"], now["mean_fee"]) == (2, "2040-01-05", "2.50")
    full = patron.post("/loans", json={"item_id": item["id"]})
    assert refusal(full) == (409, "loan.at_most_2")
    fewer = librarian.patch(address, json={"copies": 1})
    assert fewer.status_code == 409
    assert librarian.patch(address, json={"price": "3.00"}).json()["value"] == "6.00"
    assert other.get(f"/loans/{loan['id']}").json()["fee"] == "2.50"
    assert refusal(other.patch(f"/loans/{loan['id']}", json={"fee": "1.00"})) == (422, "/fee")
    assert librarian.get(f"{address}/loans").json()["items"] != []
    assert [row["id"] for row in other.get(f"{address}/loans").json()["items"]] == [loan["id"]]


def test_checks_at_creation_alone(patron: httpx.Client, item: dict[str, Any]) -> None:
    past = patron.post("/loans", json={"item_id": item["id"], "due_on": "2020-01-01"})
    assert refusal(past) == (422, "loan.check")
    loan = created(patron, "/loans", item_id=item["id"])
    assert patron.patch(f"/loans/{loan['id']}", json={"due_on": "2020-01-01"}).status_code == 200


def test_one_to_one_and_immutable(librarian: httpx.Client, item: dict[str, Any]) -> None:
    address = f"/items/{item['id']}"
    assert refusal(librarian.patch(address, json={"code": "ZZ-0001"})) == (422, "/code")
    number = next(_numbers)
    body = {"title": "B", "price": "1.00", "topic_id": item["topic_id"], "cover_of_id": item["id"]}
    created(librarian, "/items", code=f"BC-{number:04d}", **body)
    taken = librarian.post("/items", json={"code": f"CC-{number:04d}", **body})
    assert refusal(taken) == (409, "item.cover_of.unique")


def test_bookings(
    librarian: httpx.Client,
    patron: httpx.Client,
    other: httpx.Client,
    branch: dict[str, Any],
    room: dict[str, Any],
) -> None:
    body = {
        "room_id": room["id"],
        "starts_at": "2040-01-01T10:00:00Z",
        "ends_at": "2040-01-01T11:00:00Z",
        "people": 2,
    }
    booking = created(patron, "/bookings", **body)
    assert refusal(other.post("/bookings", json=body)) == (409, "booking.no_overlap")
    crowd = {
        **body,
        "people": 5,
        "starts_at": "2040-01-02T10:00:00Z",
        "ends_at": "2040-01-02T11:00:00Z",
    }
    assert refusal(other.post("/bookings", json=crowd)) == (409, "booking.check")
    turned = {**body, "ends_at": body["starts_at"]}
    assert refusal(other.post("/bookings", json=turned)) == (422, "booking.no_overlap")
    assert other.get(f"/bookings/{booking['id']}").status_code == 404
    assert librarian.get(f"/bookings/{booking['id']}").json() == booking  # manages the branch
    second = created(librarian, f"/branches/{branch['id']}/rooms", number=500)
    elsewhere = {**body, "room_id": second["id"], "rebooked_id": booking["id"]}
    assert refusal(patron.post("/bookings", json=elsewhere)) == (422, "/rebooked_id")
    path = f"/branches/{branch['id']}/rooms/{room['id']}"
    shut = librarian.patch(path, json={"open": False}, headers={"If-Match": "*"})
    assert shut.status_code == 200
    later = {**body, "starts_at": "2041-01-01T10:00:00Z", "ends_at": "2041-01-01T11:00:00Z"}
    assert refusal(patron.post("/bookings", json=later)) == (422, "/room_id")
    listed = patron.get(f"{path}/bookings")
    assert [row["id"] for row in listed.json()["items"]] == [booking["id"]]


def test_a_ledger_only_grows(
    librarian: httpx.Client, patron: httpx.Client, other: httpx.Client
) -> None:
    account = created(patron, "/accounts")
    assert refusal(patron.post("/accounts", json={})) == (409, "account.holder.unique")
    entries = f"/accounts/{account['id']}/entries"
    assert patron.post(entries, json={"amount": "5.00"}).status_code == 403
    assert other.post(entries, json={"amount": "5.00"}).status_code == 404
    entry = created(librarian, entries, amount="5.00")
    assert patron.get(f"/accounts/{account['id']}").json()["balance"] == "5.00"
    below = librarian.post(entries, json={"amount": "-5.01"})
    assert refusal(below) == (409, "account.balance.never_below")
    for method in ("PATCH", "DELETE"):
        refused = librarian.request(method, f"{entries}/{entry['id']}", json={})
        assert refused.status_code == 405
    assert [e["id"] for e in patron.get(entries).json()["items"]] == [entry["id"]]
    assert librarian.get(entries).json()["items"] == []


def test_ratings_replace_one_another(patron: httpx.Client, item: dict[str, Any]) -> None:
    first = patron.post("/ratings", json={"item_id": item["id"], "stars": 2})
    again = patron.post("/ratings", json={"item_id": item["id"], "stars": 2})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["etag"] == first.headers["etag"]
    assert first.json()["rater_id"] == user_id(patron)
    assert patron.get("/ratings", params={"stars": 2}).json()["items"] == [first.json()]


def test_a_closed_loan_stays_as_it_is(
    librarian: httpx.Client, patron: httpx.Client, item: dict[str, Any]
) -> None:
    loan = created(patron, "/loans", item_id=item["id"])
    address = f"/loans/{loan['id']}"
    assert patron.post(f"{address}/close").status_code == 200
    refused = patron.patch(address, json={"note": "x"})
    assert refusal(refused) == (409, "loan.editable_while")
    assert refusal(librarian.delete(address)) == (409, "loan.editable_while")
    assert patron.patch(address, json={"note": 1}).status_code == 422
    assert patron.patch(address, json={}).status_code == 200


def test_too_many_changes(librarian: httpx.Client, admin: httpx.Client) -> None:
    topic = created(librarian, "/subject-matter", name=f"topic-{next(_numbers)}")
    address = f"/subject-matter/{topic['id']}"
    answers = [librarian.patch(address, json={}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert admin.patch(address, json={}).status_code == 403  # counted for each user apart


def test_lists_show_what_may_be_read(
    librarian: httpx.Client, patron: httpx.Client, other: httpx.Client
) -> None:
    note = created(patron, "/notes", text="A secret thing")
    assert [row["id"] for row in patron.get("/notes").json()["items"]] == [note["id"]]
    for query in ("", "?q=secret", f"?writer_id={user_id(patron)}", "?sort=-created_at"):
        assert other.get(f"/notes{query}").json()["items"] == []
    memo = created(librarian, "/memos", text="For librarians")
    assert patron.get("/memos").status_code == 403
    assert patron.get(f"/memos/{memo['id']}").status_code == 404
    assert librarian.get("/memos").json()["items"] == [memo]


def test_what_is_deleted_lets_go(librarian: httpx.Client, item: dict[str, Any]) -> None:
    number = next(_numbers)
    second = created(
        librarian,
        "/items",
        title="Cover",
        code=f"DD-{number:04d}",
        price="1.00",
        topic_id=item["topic_id"],
        cover_of_id=item["id"],
    )
    assert librarian.delete(f"/items/{item['id']}").status_code == 204
    assert librarian.get(f"/items/{second['id']}").json()["cover_of_id"] is None

"""The model's rules, by docs/blueprint.md, §5 and §6."""

from __future__ import annotations

import pytest
from bench import NOBODY, Bench

ALL = "{list: authenticated, read: authenticated, create: authenticated,"
EVERYBODY = f"{ALL} update: authenticated, delete: authenticated}}"
RULES = f"""
entities:
  Room:
    fields:
      name: {{type: string, unique: true}}
      seats: {{type: integer, min: 1}}
      floor: {{type: integer, optional: true}}
      taken: {{type: integer, derived: count(seats_taken)}}
    relations: {{seats_taken: {{many: Seat}}}}
    rules: [{{unique: [floor, seats]}}]
    access: {EVERYBODY}
  Seat:
    relations: {{room: {{to: Room}}}}
    rules: [{{at_most: room.seats, per: room}}]
    access: {EVERYBODY}
  Slot:
    fields:
      starts_on: date
      ends_on: date
      off: {{type: boolean, default: false}}
    relations: {{room: {{to: Room}}}}
    rules:
      - {{no_overlap: [starts_on, ends_on], per: room, unless: off}}
      - {{check: room.seats > 1, on: create}}
    access: {EVERYBODY}
"""
EDITING = f"""
entities:
  Paper:
    fields: {{title: string, final: {{type: boolean, default: false}}}}
    relations: {{pages: {{many: Page}}}}
    rules: [{{editable_while: not final}}]
    access: {EVERYBODY}
  Page:
    part_of: paper
    fields: {{text: string}}
    relations: {{paper: {{to: Paper}}}}
"""
DELETION = f"""
entities:
  Owner:
    fields: {{name: string}}
    access: {EVERYBODY}
  Kept:
    relations: {{owner: {{to: Owner}}}}
    access: {EVERYBODY}
  Gone:
    relations: {{owner: {{to: Owner, on_delete: cascade}}}}
    access: {EVERYBODY}
  Freed:
    relations: {{owner: {{to: Owner, optional: true, on_delete: set null}}}}
    access: {EVERYBODY}
"""
REFERENCES = f"""
entities:
  Box:
    fields: {{open: {{type: boolean, default: true}}}}
    access: {EVERYBODY}
  Thing:
    fields: {{name: string}}
    relations:
      box: {{to: Box, where: open}}
      next: {{to: Thing, optional: true, same: box}}
    access: {EVERYBODY}
  Diary:
    owner: author
    relations: {{author: {{to: User}}}}
    access: {{list: owner, read: owner, create: authenticated, delete: owner}}
  Entry:
    relations: {{diary: {{to: Diary}}}}
    access: {EVERYBODY}
"""


@pytest.fixture
def rooms() -> Bench:
    return Bench(RULES)


def test_unique_does_not_count_nulls(rooms: Bench) -> None:
    rooms.made("ann", "/rooms", {"name": "A", "seats": 2})
    rooms.made("ann", "/rooms", {"name": "B", "seats": 2})
    rooms.made("ann", "/rooms", {"name": "C", "seats": 2, "floor": 1})
    again = {"name": "D", "seats": 2, "floor": 1}
    assert rooms.broken("ann", "POST", "/rooms", again) == (409, "room.unique")
    again = {"name": "A", "seats": 3}
    assert rooms.broken("ann", "POST", "/rooms", again) == (409, "room.name.unique")


def test_a_capacity_is_kept_and_not_lowered_too_far(rooms: Bench) -> None:
    room = rooms.made("ann", "/rooms", {"name": "A", "seats": 2})
    for _ in range(2):
        rooms.made("ann", "/seats", {"room_id": room["id"]})
    full = rooms.broken("ann", "POST", "/seats", {"room_id": room["id"]})
    assert full == (409, "seat.at_most")
    path = f"/rooms/{room['id']}"
    assert rooms.broken("ann", "PATCH", path, {"seats": 1}) == (409, "seat.at_most")
    assert rooms.seen("ann", path)["taken"] == 2


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2030-01-01", "2030-01-05", 201),
        ("2030-01-10", "2030-01-12", 201),
        ("2030-01-04", "2030-01-06", 409),
        ("2030-01-06", "2030-01-07", 409),
        ("2030-01-09", "2030-01-30", 409),
        ("2030-02-02", "2030-02-02", 422),
    ],
)
def test_intervals_are_half_open(rooms: Bench, start: str, end: str, expected: int) -> None:
    room = rooms.made("ann", "/rooms", {"name": "A", "seats": 2})
    first = {"room_id": room["id"], "starts_on": "2030-01-05", "ends_on": "2030-01-10"}
    rooms.made("ann", "/slots", first)
    body = {"room_id": room["id"], "starts_on": start, "ends_on": end}
    exchange = rooms.send("ann", "POST", "/slots", body)
    assert exchange.status == expected
    assert expected == 201 or exchange.json["rule"] == "slot.no_overlap"


def test_a_row_that_does_not_count_is_not_in_the_way(rooms: Bench) -> None:
    room = rooms.made("ann", "/rooms", {"name": "A", "seats": 2})
    body = {"room_id": room["id"], "starts_on": "2030-01-05", "ends_on": "2030-01-10"}
    slot = rooms.made("ann", "/slots", body)
    rooms.send("ann", "PATCH", f"/slots/{slot['id']}", {"off": True})
    assert rooms.status("ann", "POST", "/slots", body) == 201
    back = rooms.broken("ann", "PATCH", f"/slots/{slot['id']}", {"off": False})
    assert back == (409, "slot.no_overlap")


def test_a_check_over_another_row_is_409_and_only_on_its_write(rooms: Bench) -> None:
    room = rooms.made("ann", "/rooms", {"name": "A", "seats": 1})
    body = {"room_id": room["id"], "starts_on": "2030-01-05", "ends_on": "2030-01-10"}
    assert rooms.broken("ann", "POST", "/slots", body) == (409, "slot.check")
    rooms.send("ann", "PATCH", f"/rooms/{room['id']}", {"seats": 2})
    slot = rooms.made("ann", "/slots", body)
    rooms.send("ann", "PATCH", f"/rooms/{room['id']}", {"seats": 1})
    assert rooms.status("ann", "PATCH", f"/slots/{slot['id']}", {"off": True}) == 200


def test_editable_while_covers_the_row_and_its_parts() -> None:
    papers = Bench(EDITING)
    path = f"/papers/{papers.made('ann', '/papers', {'title': 'A'})['id']}"
    page = f"{path}/pages/{papers.made('ann', f'{path}/pages', {'text': 'p'})['id']}"
    papers.send("ann", "PATCH", path, {"final": True})
    rule = (409, "paper.editable_while")
    assert papers.broken("ann", "PATCH", path, {"title": "B"}) == rule
    assert papers.broken("ann", "DELETE", path) == rule
    assert papers.broken("ann", "POST", f"{path}/pages", {"text": "q"}) == rule
    assert papers.broken("ann", "PATCH", page, {"text": "q"}) == rule
    assert papers.broken("ann", "DELETE", page) == rule


def test_deletion_restricts_cascades_and_sets_null() -> None:
    bench = Bench(DELETION)
    owner = bench.made("ann", "/owners", {"name": "A"})["id"]
    gone = bench.made("ann", "/gones", {"owner_id": owner})["id"]
    freed = bench.made("ann", "/freeds", {"owner_id": owner})["id"]
    kept = bench.made("ann", "/kepts", {"owner_id": owner})["id"]
    assert bench.status("ann", "DELETE", f"/owners/{owner}") == 409
    assert bench.status("ann", "GET", f"/gones/{gone}") == 200
    bench.send("ann", "DELETE", f"/kepts/{kept}")
    assert bench.status("ann", "DELETE", f"/owners/{owner}") == 204
    assert bench.status("ann", "GET", f"/gones/{gone}") == 404
    assert bench.seen("ann", f"/freeds/{freed}")["owner_id"] is None


def test_references_lead_where_they_may() -> None:
    bench = Bench(REFERENCES)
    box, other = (bench.made("ann", "/boxes", {})["id"] for _ in range(2))
    first = bench.made("ann", "/things", {"name": "a", "box_id": box})
    elsewhere = {"name": "b", "box_id": other, "next_id": first["id"]}
    assert bench.decide("ann", "POST", "/things", elsewhere).fields == ("next_id",)
    assert bench.status("ann", "POST", "/things", {**elsewhere, "box_id": box}) == 201
    bench.send("ann", "PATCH", f"/boxes/{box}", {"open": False})
    assert bench.decide("ann", "POST", "/things", {"name": "c", "box_id": box}).statuses == {422}


def test_a_reference_to_a_hidden_row_is_like_one_to_nothing() -> None:
    bench = Bench(REFERENCES)
    diary = bench.made("ann", "/diaries", {})["id"]
    hidden = bench.send("bob", "POST", "/entries", {"diary_id": diary})
    missing = bench.send("bob", "POST", "/entries", {"diary_id": NOBODY})
    assert hidden.status == 422
    assert hidden.json == missing.json
    assert bench.status("ann", "POST", "/entries", {"diary_id": diary}) == 201

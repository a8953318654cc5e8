"""Rooms: made, shown, refused, changed, deleted."""

import pytest

from tests.world import UNKNOWN_ID, World


def test_a_new_one_is_there(world: World) -> None:
    """A new room has an address, at which it is shown."""
    made = world.make("room")
    assert made.answer.status_code == 201
    assert made.answer.headers["location"] == made.address
    shown = world.request("owner", "GET", made.address)
    assert shown.json() == made.row
    assert shown.headers["etag"] == made.answer.headers["etag"]


def test_unknown_fields_are_refused(world: World) -> None:
    """What the service does not know is never dropped in silence."""
    answer = world.request(
        world.creator("room"),
        "POST",
        world.collection("room"),
        json={**world.body("room"), "no_such_field": 1},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/no_such_field"


@pytest.mark.parametrize("field", ["number"])
def test_what_is_required_cannot_be_left_out(world: World, field: str) -> None:
    """Nothing is created without it."""
    body = world.body("room")
    del body[field]
    answer = world.request(world.creator("room"), "POST", world.collection("room"), json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_what_a_stranger_sees(world: World) -> None:
    """The room is shown to everybody."""
    made = world.make("room")
    answer = world.request("stranger", "GET", made.address)
    assert answer.status_code == 200


def test_what_is_not_there(world: World) -> None:
    """An id that names nothing is not found."""
    answer = world.request(
        world.creator("room"), "GET", world.collection("room") + "/" + UNKNOWN_ID
    )
    assert answer.status_code == 404


def test_a_list_shows_it(world: World) -> None:
    """The list has the room."""
    made = world.make("room")
    assert made.row in world.request("owner", "GET", world.collection("room")).json()["items"]


def test_change_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the change of a room."""
    made = world.make("room")
    assert world.request(None, "PATCH", made.address, json={}).status_code == 401
    assert world.request("stranger", "PATCH", made.address, json={}).status_code == 403
    assert world.request("owner", "GET", made.address).json() == made.row


def test_a_change_changes_that_alone(world: World) -> None:
    """Changing seats leaves everything else as it was."""
    made = world.make("room")
    answer = world.request(
        "owner",
        "PATCH",
        made.address,
        json={"seats": 2},
        headers={"If-Match": made.answer.headers["etag"]},
    )
    assert answer.status_code == 200
    changed = answer.json()
    assert changed["seats"] == 2
    assert changed["number"] == made.row["number"]
    assert changed["free_from"] == made.row["free_from"]
    assert changed["turn"] == made.row["turn"]
    assert changed["noise"] == made.row["noise"]
    assert changed["open"] == made.row["open"]


def test_deletion_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the deletion of a room."""
    made = world.make("room")
    assert world.request(None, "DELETE", made.address).status_code == 401
    assert world.request("stranger", "DELETE", made.address).status_code == 403
    assert world.request("owner", "GET", made.address).json() == made.row


def test_what_is_deleted_is_gone(world: World) -> None:
    """A deleted room is not found any more."""
    made = world.make("room")
    answer = world.request(
        "owner", "DELETE", made.address, headers={"If-Match": made.answer.headers["etag"]}
    )
    assert answer.status_code == 204
    assert world.request("owner", "GET", made.address).status_code == 404


def test_rule_unique(world: World) -> None:
    """There is one with the same branch and number already."""
    world.make("room")
    before = world.listed("room")
    answer = world.create("room")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "room.unique"
    assert world.listed("room") == before
    other = world.create("room", number=2)
    assert other.status_code == 201

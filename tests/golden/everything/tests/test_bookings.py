"""Bookings: made, shown, refused, changed, deleted."""

import pytest

from tests.world import UNKNOWN_ID, World


def test_a_new_one_is_there(world: World) -> None:
    """A new booking has an address, at which it is shown."""
    made = world.make("booking")
    assert made.answer.status_code == 201
    assert made.answer.headers["location"] == made.address
    shown = world.request("owner", "GET", made.address)
    assert shown.json() == made.row
    assert shown.headers["etag"] == made.answer.headers["etag"]


def test_unknown_fields_are_refused(world: World) -> None:
    """What the service does not know is never dropped in silence."""
    answer = world.request(
        world.creator("booking"),
        "POST",
        world.collection("booking"),
        json={**world.body("booking"), "no_such_field": 1},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/no_such_field"


@pytest.mark.parametrize("field", ["starts_at", "ends_at", "people", "room_id"])
def test_what_is_required_cannot_be_left_out(world: World, field: str) -> None:
    """Nothing is created without it."""
    body = world.body("booking")
    del body[field]
    answer = world.request(world.creator("booking"), "POST", world.collection("booking"), json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_what_a_stranger_sees(world: World) -> None:
    """The booking does not exist for a stranger."""
    made = world.make("booking")
    answer = world.request("stranger", "GET", made.address)
    assert answer.status_code == 404


def test_what_is_not_there(world: World) -> None:
    """An id that names nothing is not found."""
    answer = world.request(
        world.creator("booking"), "GET", world.collection("booking") + "/" + UNKNOWN_ID
    )
    assert answer.status_code == 404


def test_a_list_shows_it(world: World) -> None:
    """The list has the booking."""
    made = world.make("booking")
    assert made.row in world.request("owner", "GET", world.collection("booking")).json()["items"]


def test_change_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the change of a booking."""
    made = world.make("booking")
    assert world.request(None, "PATCH", made.address, json={}).status_code == 401
    assert world.request("stranger", "PATCH", made.address, json={}).status_code == 404
    assert world.request("owner", "GET", made.address).json() == made.row


def test_deletion_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the deletion of a booking."""
    made = world.make("booking")
    assert world.request(None, "DELETE", made.address).status_code == 401
    assert world.request("stranger", "DELETE", made.address).status_code == 404
    assert world.request("owner", "GET", made.address).json() == made.row


def test_what_is_deleted_is_gone(world: World) -> None:
    """A deleted booking is not found any more."""
    made = world.make("booking")
    answer = world.request("owner", "DELETE", made.address)
    assert answer.status_code == 204
    assert world.request("owner", "GET", made.address).status_code == 404


def test_rule_no_overlap(world: World) -> None:
    """This overlaps with another one for the same room."""
    world.make("booking")
    before = world.listed("booking")
    answer = world.create("booking")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "booking.no_overlap"
    assert world.listed("booking") == before
    other = world.create(
        "booking", starts_at="2060-01-16T09:00:00+00:00", ends_at="2060-01-17T09:00:00+00:00"
    )
    assert other.status_code == 201


def test_rule_check(world: World) -> None:
    """The room is too small."""
    before = world.listed("booking")
    answer = world.create("booking", people=5)
    assert answer.status_code == 409
    assert answer.json()["rule"] == "booking.check"
    assert world.listed("booking") == before

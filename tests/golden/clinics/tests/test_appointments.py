"""Appointments: made, shown, refused, changed, deleted."""

import pytest

from tests.world import UNKNOWN_ID, World


def test_a_new_one_is_there(world: World) -> None:
    """A new appointment has an address, at which it is shown."""
    made = world.make("appointment")
    assert made.answer.status_code == 201
    assert made.answer.headers["location"] == made.address
    shown = world.request("staff_receptionist", "GET", made.address)
    assert shown.json() == made.row
    assert shown.headers["etag"] == made.answer.headers["etag"]


def test_unknown_fields_are_refused(world: World) -> None:
    """What the service does not know is never dropped in silence."""
    answer = world.request(
        world.creator("appointment"),
        "POST",
        world.collection("appointment"),
        json={**world.body("appointment"), "no_such_field": 1},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/no_such_field"


@pytest.mark.parametrize("field", ["starts_at", "ends_at", "patient_id", "dentist_id"])
def test_what_is_required_cannot_be_left_out(world: World, field: str) -> None:
    """Nothing is created without it."""
    body = world.body("appointment")
    del body[field]
    answer = world.request(
        world.creator("appointment"), "POST", world.collection("appointment"), json=body
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_what_a_stranger_sees(world: World) -> None:
    """The appointment does not exist for a stranger."""
    made = world.make("appointment")
    answer = world.request("stranger", "GET", made.address)
    assert answer.status_code == 404


def test_what_is_not_there(world: World) -> None:
    """An id that names nothing is not found."""
    answer = world.request(
        world.creator("appointment"), "GET", world.collection("appointment") + "/" + UNKNOWN_ID
    )
    assert answer.status_code == 404


def test_a_list_shows_it(world: World) -> None:
    """The list has the appointment."""
    made = world.make("appointment")
    assert (
        made.row
        in world.request("staff_receptionist", "GET", world.collection("appointment")).json()[
            "items"
        ]
    )


def test_change_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the change of an appointment."""
    made = world.make("appointment")
    assert world.request(None, "PATCH", made.address, json={}).status_code == 401
    assert world.request("stranger", "PATCH", made.address, json={}).status_code == 404
    assert world.request("staff_receptionist", "GET", made.address).json() == made.row


def test_deletion_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the deletion of an appointment."""
    made = world.make("appointment")
    assert world.request(None, "DELETE", made.address).status_code == 401
    assert world.request("stranger", "DELETE", made.address).status_code == 404
    assert world.request("staff_receptionist", "GET", made.address).json() == made.row


def test_what_is_deleted_is_gone(world: World) -> None:
    """A deleted appointment is not found any more."""
    made = world.make("appointment")
    answer = world.request("owner", "DELETE", made.address)
    assert answer.status_code == 204
    assert world.request("owner", "GET", made.address).status_code == 404


def test_rule_check(world: World) -> None:
    """This must hold: ends_at > starts_at."""
    before = world.listed("appointment")
    answer = world.create("appointment", starts_at="2060-01-16T09:00:00+00:00")
    assert answer.status_code == 422
    assert answer.json()["rule"] == "appointment.check"
    assert world.listed("appointment") == before


def test_rule_no_overlap(world: World) -> None:
    """This overlaps with another one for the same dentist."""
    world.make("appointment")
    before = world.listed("appointment")
    answer = world.create("appointment")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "appointment.no_overlap"
    assert world.listed("appointment") == before
    other = world.create(
        "appointment", starts_at="2060-01-16T09:00:00+00:00", ends_at="2060-01-17T09:00:00+00:00"
    )
    assert other.status_code == 201


def test_cancel(world: World) -> None:
    """It goes from booked to cancelled."""
    made = world.make("appointment")
    answer = world.act("staff_receptionist", made, "cancel")
    assert answer.status_code == 200
    assert answer.json()["status"] == "cancelled"


def test_cancel_is_refused_by_status(world: World) -> None:
    """Not from this state; nothing changes."""
    made = world.make("appointment")
    earlier = world.act("staff_receptionist", made, "cancel")
    assert earlier.status_code == 200
    before = world.shown("staff_receptionist", made)
    answer = world.act("staff_receptionist", made, "cancel")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "appointment.status"
    assert world.shown("staff_receptionist", made) == before


def test_complete(world: World) -> None:
    """It goes from booked to done."""
    made = world.make("appointment")
    answer = world.act("staff_dentist", made, "complete")
    assert answer.status_code == 200
    assert answer.json()["status"] == "done"


def test_complete_is_refused_by_status(world: World) -> None:
    """Not from this state; nothing changes."""
    made = world.make("appointment")
    earlier = world.act("staff_receptionist", made, "cancel")
    assert earlier.status_code == 200
    before = world.shown("staff_dentist", made)
    answer = world.act("staff_dentist", made, "complete")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "appointment.status"
    assert world.shown("staff_dentist", made) == before

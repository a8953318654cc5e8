"""Patients: made, shown, refused, changed, deleted."""

import pytest

from tests.world import UNKNOWN_ID, World


def test_a_new_one_is_there(world: World) -> None:
    """A new patient has an address, at which it is shown."""
    made = world.make("patient")
    assert made.answer.status_code == 201
    assert made.answer.headers["location"] == made.address
    shown = world.request("staff_receptionist", "GET", made.address)
    assert shown.json() == made.row
    assert shown.headers["etag"] == made.answer.headers["etag"]


def test_unknown_fields_are_refused(world: World) -> None:
    """What the service does not know is never dropped in silence."""
    answer = world.request(
        world.creator("patient"),
        "POST",
        world.collection("patient"),
        json={**world.body("patient"), "no_such_field": 1},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/no_such_field"


@pytest.mark.parametrize("field", ["name", "born_on", "insurance_no"])
def test_what_is_required_cannot_be_left_out(world: World, field: str) -> None:
    """Nothing is created without it."""
    body = world.body("patient")
    del body[field]
    answer = world.request(world.creator("patient"), "POST", world.collection("patient"), json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_what_a_stranger_sees(world: World) -> None:
    """The patient does not exist for a stranger."""
    made = world.make("patient")
    answer = world.request("stranger", "GET", made.address)
    assert answer.status_code == 404


def test_what_is_not_there(world: World) -> None:
    """An id that names nothing is not found."""
    answer = world.request(
        world.creator("patient"), "GET", world.collection("patient") + "/" + UNKNOWN_ID
    )
    assert answer.status_code == 404


def test_a_list_shows_it(world: World) -> None:
    """The list has the patient."""
    made = world.make("patient")
    assert (
        made.row
        in world.request("staff_receptionist", "GET", world.collection("patient")).json()["items"]
    )


def test_change_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the change of a patient."""
    made = world.make("patient")
    assert world.request(None, "PATCH", made.address, json={}).status_code == 401
    assert world.request("stranger", "PATCH", made.address, json={}).status_code == 404
    assert world.request("staff_receptionist", "GET", made.address).json() == made.row


def test_a_change_changes_that_alone(world: World) -> None:
    """Changing name leaves everything else as it was."""
    made = world.make("patient")
    answer = world.request("staff_receptionist", "PATCH", made.address, json={"name": "Name 2"})
    assert answer.status_code == 200
    changed = answer.json()
    assert changed["name"] == "Name 2"
    assert changed["born_on"] == made.row["born_on"]


def test_deletion_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the deletion of a patient."""
    made = world.make("patient")
    assert world.request(None, "DELETE", made.address).status_code == 401
    assert world.request("stranger", "DELETE", made.address).status_code == 404
    assert world.request("staff_receptionist", "GET", made.address).json() == made.row


def test_what_is_deleted_is_gone(world: World) -> None:
    """A deleted patient is not found any more."""
    made = world.make("patient")
    answer = world.request("owner", "DELETE", made.address)
    assert answer.status_code == 204
    assert world.request("owner", "GET", made.address).status_code == 404


def test_rule_born_on_check(world: World) -> None:
    """Born_on must meet: born_on <= today()."""
    before = world.listed("patient")
    answer = world.create("patient", born_on="2060-01-16")
    assert answer.status_code == 422
    assert answer.json()["rule"] == "patient.born_on.check"
    assert world.listed("patient") == before


def test_rule_insurance_no_unique(world: World) -> None:
    """Insurance_no is taken."""
    world.make("patient")
    before = world.listed("patient")
    answer = world.create("patient")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "patient.insurance_no.unique"
    assert world.listed("patient") == before
    other = world.create("patient", insurance_no="Insurance no 2")
    assert other.status_code == 201

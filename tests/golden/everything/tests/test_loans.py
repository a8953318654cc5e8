"""Loans: made, shown, refused, changed, deleted."""

import pytest

from tests.world import UNKNOWN_ID, World


def test_a_new_one_is_there(world: World) -> None:
    """A new loan has an address, at which it is shown."""
    made = world.make("loan")
    assert made.answer.status_code == 201
    assert made.answer.headers["location"] == made.address
    shown = world.request("owner", "GET", made.address)
    assert shown.json() == made.row
    assert shown.headers["etag"] == made.answer.headers["etag"]


def test_unknown_fields_are_refused(world: World) -> None:
    """What the service does not know is never dropped in silence."""
    answer = world.request(
        world.creator("loan"),
        "POST",
        world.collection("loan"),
        json={**world.body("loan"), "no_such_field": 1},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/no_such_field"


@pytest.mark.parametrize("field", ["item_id"])
def test_what_is_required_cannot_be_left_out(world: World, field: str) -> None:
    """Nothing is created without it."""
    body = world.body("loan")
    del body[field]
    answer = world.request(world.creator("loan"), "POST", world.collection("loan"), json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_what_a_stranger_sees(world: World) -> None:
    """The loan does not exist for a stranger."""
    made = world.make("loan")
    answer = world.request("stranger", "GET", made.address)
    assert answer.status_code == 404


def test_what_is_not_there(world: World) -> None:
    """An id that names nothing is not found."""
    answer = world.request(
        world.creator("loan"), "GET", world.collection("loan") + "/" + UNKNOWN_ID
    )
    assert answer.status_code == 404


def test_a_list_shows_it(world: World) -> None:
    """The list has the loan."""
    made = world.make("loan")
    assert made.row in world.request("owner", "GET", world.collection("loan")).json()["items"]


def test_change_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the change of a loan."""
    made = world.make("loan")
    assert world.request(None, "PATCH", made.address, json={}).status_code == 401
    assert world.request("stranger", "PATCH", made.address, json={}).status_code == 404
    assert world.request("owner", "GET", made.address).json() == made.row


def test_a_change_changes_that_alone(world: World) -> None:
    """Changing note leaves everything else as it was."""
    made = world.make("loan")
    answer = world.request("owner", "PATCH", made.address, json={"note": "Note 2"})
    assert answer.status_code == 200
    changed = answer.json()
    assert changed["note"] == "Note 2"
    assert changed["due_on"] == made.row["due_on"]


def test_deletion_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the deletion of a loan."""
    made = world.make("loan")
    assert world.request(None, "DELETE", made.address).status_code == 401
    assert world.request("stranger", "DELETE", made.address).status_code == 404
    assert world.request("owner", "GET", made.address).json() == made.row


def test_what_is_deleted_is_gone(world: World) -> None:
    """A deleted loan is not found any more."""
    made = world.make("loan")
    answer = world.request("owner", "DELETE", made.address)
    assert answer.status_code == 204
    assert world.request("owner", "GET", made.address).status_code == 404


def test_rule_check(world: World) -> None:
    """The day lies in the past."""
    before = world.listed("loan")
    answer = world.create("loan", due_on="2000-01-15")
    assert answer.status_code == 422
    assert answer.json()["rule"] == "loan.check"
    assert world.listed("loan") == before


def test_rule_at_most_2(world: World) -> None:
    """No copy is left."""
    world.make("loan")
    before = world.listed("loan")
    answer = world.create("loan")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "loan.at_most_2"
    assert world.listed("loan") == before


def test_rule_editable_while(world: World) -> None:
    """The loan is closed."""
    made = world.make("loan")
    earlier = world.act("owner", made, "close")
    assert earlier.status_code == 200
    before = world.shown("owner", made)
    answer = world.change("owner", made, note="Note 2")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "loan.editable_while"
    assert world.shown("owner", made) == before


def test_close(world: World) -> None:
    """It goes from open to closed."""
    made = world.make("loan")
    answer = world.act("owner", made, "close")
    assert answer.status_code == 200
    assert answer.json()["status"] == "closed"


def test_close_is_refused_by_status(world: World) -> None:
    """Not from this state; nothing changes."""
    made = world.make("loan")
    earlier = world.act("owner", made, "close")
    assert earlier.status_code == 200
    before = world.shown("owner", made)
    answer = world.act("owner", made, "close")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "loan.status"
    assert world.shown("owner", made) == before

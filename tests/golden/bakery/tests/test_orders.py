"""Orders: made, shown, refused, changed, deleted."""

import pytest

from tests.world import UNKNOWN_ID, World


def test_a_new_one_is_there(world: World) -> None:
    """A new order has an address, at which it is shown."""
    made = world.make("order")
    assert made.answer.status_code == 201
    assert made.answer.headers["location"] == made.address
    shown = world.request("owner", "GET", made.address)
    assert shown.json() == made.row
    assert shown.headers["etag"] == made.answer.headers["etag"]


def test_unknown_fields_are_refused(world: World) -> None:
    """What the service does not know is never dropped in silence."""
    answer = world.request(
        world.creator("order"),
        "POST",
        world.collection("order"),
        json={**world.body("order"), "no_such_field": 1},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/no_such_field"


@pytest.mark.parametrize("field", ["pick_up_at"])
def test_what_is_required_cannot_be_left_out(world: World, field: str) -> None:
    """Nothing is created without it."""
    body = world.body("order")
    del body[field]
    answer = world.request(world.creator("order"), "POST", world.collection("order"), json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_what_a_stranger_sees(world: World) -> None:
    """The order does not exist for a stranger."""
    made = world.make("order")
    answer = world.request("stranger", "GET", made.address)
    assert answer.status_code == 404


def test_what_is_not_there(world: World) -> None:
    """An id that names nothing is not found."""
    answer = world.request(
        world.creator("order"), "GET", world.collection("order") + "/" + UNKNOWN_ID
    )
    assert answer.status_code == 404


def test_a_list_shows_it(world: World) -> None:
    """The list has the order."""
    made = world.make("order")
    assert made.row in world.request("owner", "GET", world.collection("order")).json()["items"]


def test_change_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the change of an order."""
    made = world.make("order")
    assert world.request(None, "PATCH", made.address, json={}).status_code == 401
    assert world.request("stranger", "PATCH", made.address, json={}).status_code == 404
    assert world.request("owner", "GET", made.address).json() == made.row


def test_a_change_changes_that_alone(world: World) -> None:
    """Changing pick_up_at leaves everything else as it was."""
    made = world.make("order")
    answer = world.request(
        "owner", "PATCH", made.address, json={"pick_up_at": "2060-01-16T09:00:00+00:00"}
    )
    assert answer.status_code == 200
    changed = answer.json()
    assert changed["pick_up_at"] == "2060-01-16T09:00:00+00:00"
    assert changed["note"] == made.row["note"]


def test_deletion_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the deletion of an order."""
    made = world.make("order")
    assert world.request(None, "DELETE", made.address).status_code == 401
    assert world.request("stranger", "DELETE", made.address).status_code == 404
    assert world.request("owner", "GET", made.address).json() == made.row


def test_what_is_deleted_is_gone(world: World) -> None:
    """A deleted order is not found any more."""
    made = world.make("order")
    answer = world.request("owner", "DELETE", made.address)
    assert answer.status_code == 204
    assert world.request("owner", "GET", made.address).status_code == 404


def test_rule_editable_while(world: World) -> None:
    """It can be changed only while status == 'cart'."""
    made = world.make("order")
    world.make("order_line")
    earlier = world.act("owner", made, "place")
    assert earlier.status_code == 200
    before = world.shown("owner", made)
    answer = world.change("owner", made, pick_up_at="2060-01-16T09:00:00+00:00")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "order.editable_while"
    assert world.shown("owner", made) == before


def test_place(world: World) -> None:
    """It goes from cart to placed."""
    made = world.make("order")
    world.make("order_line")
    answer = world.act("owner", made, "place")
    assert answer.status_code == 200
    assert answer.json()["status"] == "placed"


def test_place_is_refused_by_require(world: World) -> None:
    """This must hold: count(lines) > 0 and pick_up_at > now() + hours(2); nothing changes."""
    made = world.make("order")
    before = world.shown("owner", made)
    answer = world.act("owner", made, "place")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "order.place.require"
    assert world.shown("owner", made) == before


def test_place_is_refused_by_status(world: World) -> None:
    """Not from this state; nothing changes."""
    made = world.make("order")
    world.make("order_line")
    earlier = world.act("owner", made, "place")
    assert earlier.status_code == 200
    before = world.shown("owner", made)
    answer = world.act("owner", made, "place")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "order.status"
    assert world.shown("owner", made) == before


def test_ready(world: World) -> None:
    """It goes from placed to ready."""
    made = world.make("order")
    world.make("order_line")
    earlier = world.act("owner", made, "place")
    assert earlier.status_code == 200
    answer = world.act("owner", made, "ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"


def test_ready_is_refused_by_status(world: World) -> None:
    """Not from this state; nothing changes."""
    made = world.make("order")
    before = world.shown("owner", made)
    answer = world.act("owner", made, "ready")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "order.status"
    assert world.shown("owner", made) == before


def test_cancel(world: World) -> None:
    """It goes from placed to cancelled."""
    made = world.make("order")
    world.make("order_line")
    earlier = world.act("owner", made, "place")
    assert earlier.status_code == 200
    answer = world.act("owner", made, "cancel")
    assert answer.status_code == 200
    assert answer.json()["status"] == "cancelled"


def test_cancel_is_refused_by_status(world: World) -> None:
    """Not from this state; nothing changes."""
    made = world.make("order")
    before = world.shown("owner", made)
    answer = world.act("owner", made, "cancel")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "order.status"
    assert world.shown("owner", made) == before

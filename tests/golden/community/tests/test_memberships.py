"""Memberships: made, shown, refused, changed, deleted."""

import pytest

from tests.world import UNKNOWN_ID, World


def test_a_new_one_is_there(world: World) -> None:
    """A new membership has an address, at which it is shown."""
    made = world.make("membership")
    assert made.answer.status_code == 201
    assert made.answer.headers["location"] == made.address
    shown = world.request("owner", "GET", made.address)
    assert shown.json() == made.row
    assert shown.headers["etag"] == made.answer.headers["etag"]


def test_unknown_fields_are_refused(world: World) -> None:
    """What the service does not know is never dropped in silence."""
    answer = world.request(
        world.creator("membership"),
        "POST",
        world.collection("membership"),
        json={**world.body("membership"), "no_such_field": 1},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/no_such_field"


@pytest.mark.parametrize("field", ["community_id"])
def test_what_is_required_cannot_be_left_out(world: World, field: str) -> None:
    """Nothing is created without it."""
    body = world.body("membership")
    del body[field]
    answer = world.request(
        world.creator("membership"), "POST", world.collection("membership"), json=body
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_what_a_stranger_sees(world: World) -> None:
    """The membership does not exist for a stranger."""
    made = world.make("membership")
    answer = world.request("stranger", "GET", made.address)
    assert answer.status_code == 404


def test_what_is_not_there(world: World) -> None:
    """An id that names nothing is not found."""
    answer = world.request(
        world.creator("membership"), "GET", world.collection("membership") + "/" + UNKNOWN_ID
    )
    assert answer.status_code == 404


def test_a_list_shows_it(world: World) -> None:
    """The list has the membership."""
    made = world.make("membership")
    assert made.row in world.request("owner", "GET", world.collection("membership")).json()["items"]


def test_change_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the change of a membership."""
    made = world.make("membership")
    assert world.request(None, "PATCH", made.address, json={}).status_code == 401
    assert world.request("stranger", "PATCH", made.address, json={}).status_code == 404
    assert world.request("owner", "GET", made.address).json() == made.row


def test_deletion_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the deletion of a membership."""
    made = world.make("membership")
    assert world.request(None, "DELETE", made.address).status_code == 401
    assert world.request("stranger", "DELETE", made.address).status_code == 404
    assert world.request("owner", "GET", made.address).json() == made.row


def test_what_is_deleted_is_gone(world: World) -> None:
    """A deleted membership is not found any more."""
    made = world.make("membership")
    answer = world.request("owner", "DELETE", made.address)
    assert answer.status_code == 204
    assert world.request("owner", "GET", made.address).status_code == 404


def test_rule_unique(world: World) -> None:
    """There is one with the same community and user already."""
    world.make("membership")
    before = world.listed("membership")
    answer = world.create("membership")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "membership.unique"
    assert world.listed("membership") == before
    other = world.create_as("second", "membership")
    assert other.status_code == 201

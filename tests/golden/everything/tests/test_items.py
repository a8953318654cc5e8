"""Items: made, shown, refused, changed, deleted."""

import pytest

from tests.world import UNKNOWN_ID, World


def test_a_new_one_is_there(world: World) -> None:
    """A new item has an address, at which it is shown."""
    made = world.make("item")
    assert made.answer.status_code == 201
    assert made.answer.headers["location"] == made.address
    shown = world.request("owner", "GET", made.address)
    assert shown.json() == made.row
    assert shown.headers["etag"] == made.answer.headers["etag"]


def test_unknown_fields_are_refused(world: World) -> None:
    """What the service does not know is never dropped in silence."""
    answer = world.request(
        world.creator("item"),
        "POST",
        world.collection("item"),
        json={**world.body("item"), "no_such_field": 1},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/no_such_field"


@pytest.mark.parametrize("field", ["title", "code", "price", "topic_id"])
def test_what_is_required_cannot_be_left_out(world: World, field: str) -> None:
    """Nothing is created without it."""
    body = world.body("item")
    del body[field]
    answer = world.request(world.creator("item"), "POST", world.collection("item"), json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_what_a_stranger_sees(world: World) -> None:
    """The item is shown to everybody."""
    made = world.make("item")
    answer = world.request("stranger", "GET", made.address)
    assert answer.status_code == 200


def test_what_is_not_there(world: World) -> None:
    """An id that names nothing is not found."""
    answer = world.request(
        world.creator("item"), "GET", world.collection("item") + "/" + UNKNOWN_ID
    )
    assert answer.status_code == 404


def test_a_list_shows_it(world: World) -> None:
    """The list has the item."""
    made = world.make("item")
    assert made.row in world.request("owner", "GET", world.collection("item")).json()["items"]


def test_change_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the change of an item."""
    made = world.make("item")
    assert world.request(None, "PATCH", made.address, json={}).status_code == 401
    assert world.request("stranger", "PATCH", made.address, json={}).status_code == 403
    assert world.request("owner", "GET", made.address).json() == made.row


def test_a_change_changes_that_alone(world: World) -> None:
    """Changing title leaves everything else as it was."""
    made = world.make("item")
    answer = world.request("owner", "PATCH", made.address, json={"title": "Title 2"})
    assert answer.status_code == 200
    changed = answer.json()
    assert changed["title"] == "Title 2"
    assert changed["summary"] == made.row["summary"]
    assert changed["code"] == made.row["code"]
    assert changed["reference"] == made.row["reference"]
    assert changed["price"] == made.row["price"]
    assert changed["copies"] == made.row["copies"]
    assert changed["date"] == made.row["date"]


def test_deletion_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the deletion of an item."""
    made = world.make("item")
    assert world.request(None, "DELETE", made.address).status_code == 401
    assert world.request("stranger", "DELETE", made.address).status_code == 403
    assert world.request("owner", "GET", made.address).json() == made.row


def test_what_is_deleted_is_gone(world: World) -> None:
    """A deleted item is not found any more."""
    made = world.make("item")
    answer = world.request("owner", "DELETE", made.address)
    assert answer.status_code == 204
    assert world.request("owner", "GET", made.address).status_code == 404


def test_rule_code_unique(world: World) -> None:
    """Code is taken."""
    world.make("item")
    before = world.listed("item")
    answer = world.create("item")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "item.code.unique"
    assert world.listed("item") == before
    other = world.create("item", code="BA-0000")
    assert other.status_code == 201

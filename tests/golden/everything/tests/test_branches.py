"""Branches: made, shown, refused, changed, deleted."""

import pytest

from tests.world import UNKNOWN_ID, World


def test_a_new_one_is_there(world: World) -> None:
    """A new branch has an address, at which it is shown."""
    made = world.make("branch")
    assert made.answer.status_code == 201
    assert made.answer.headers["location"] == made.address
    shown = world.request("owner", "GET", made.address)
    assert shown.json() == made.row
    assert shown.headers["etag"] == made.answer.headers["etag"]


def test_unknown_fields_are_refused(world: World) -> None:
    """What the service does not know is never dropped in silence."""
    answer = world.request(
        world.creator("branch"),
        "POST",
        world.collection("branch"),
        json={**world.body("branch"), "no_such_field": 1},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/no_such_field"


@pytest.mark.parametrize("field", ["name"])
def test_what_is_required_cannot_be_left_out(world: World, field: str) -> None:
    """Nothing is created without it."""
    body = world.body("branch")
    del body[field]
    answer = world.request(world.creator("branch"), "POST", world.collection("branch"), json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_what_a_stranger_sees(world: World) -> None:
    """The branch is shown to everybody."""
    made = world.make("branch")
    answer = world.request("stranger", "GET", made.address)
    assert answer.status_code == 200


def test_what_is_not_there(world: World) -> None:
    """An id that names nothing is not found."""
    answer = world.request(
        world.creator("branch"), "GET", world.collection("branch") + "/" + UNKNOWN_ID
    )
    assert answer.status_code == 404


def test_a_list_shows_it(world: World) -> None:
    """The list has the branch."""
    made = world.make("branch")
    assert made.row in world.request("owner", "GET", world.collection("branch")).json()["items"]


def test_change_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the change of a branch."""
    made = world.make("branch")
    assert world.request(None, "PATCH", made.address, json={}).status_code == 401
    assert world.request("stranger", "PATCH", made.address, json={}).status_code == 403
    assert world.request("owner", "GET", made.address).json() == made.row


def test_a_change_changes_that_alone(world: World) -> None:
    """Changing name leaves everything else as it was."""
    made = world.make("branch")
    answer = world.request("owner", "PATCH", made.address, json={"name": "Name 2"})
    assert answer.status_code == 200
    changed = answer.json()
    assert changed["name"] == "Name 2"
    assert changed["slug"] == made.row["slug"]
    assert changed["opened_on"] == made.row["opened_on"]
    assert changed["opens_at"] == made.row["opens_at"]
    assert changed["site"] == made.row["site"]
    assert changed["contact"] == made.row["contact"]
    assert changed["settings"] == made.row["settings"]
    assert changed["languages"] == made.row["languages"]
    assert changed["holidays"] == made.row["holidays"]
    assert changed["rating"] == made.row["rating"]


def test_deletion_by_others_is_refused(world: World) -> None:
    """Who is not meant to has no say in the deletion of a branch."""
    made = world.make("branch")
    assert world.request(None, "DELETE", made.address).status_code == 401
    assert world.request("stranger", "DELETE", made.address).status_code == 403
    assert world.request("owner", "GET", made.address).json() == made.row


def test_what_is_deleted_is_gone(world: World) -> None:
    """A deleted branch is not found any more."""
    made = world.make("branch")
    answer = world.request("owner", "DELETE", made.address)
    assert answer.status_code == 204
    assert world.request("owner", "GET", made.address).status_code == 404


def test_rule_name_unique(world: World) -> None:
    """Name is taken."""
    world.make("branch")
    before = world.listed("branch")
    answer = world.create("branch", slug="slug-2")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "branch.name.unique"
    assert world.listed("branch") == before
    other = world.create("branch", name="Name 2")
    assert other.status_code == 201

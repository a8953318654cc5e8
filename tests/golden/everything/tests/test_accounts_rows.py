"""Accounts: made, shown, refused, changed, deleted."""

from tests.world import UNKNOWN_ID, World


def test_a_new_one_is_there(world: World) -> None:
    """A new account has an address, at which it is shown."""
    made = world.make("account")
    assert made.answer.status_code == 201
    assert made.answer.headers["location"] == made.address
    shown = world.request("owner", "GET", made.address)
    assert shown.json() == made.row
    assert shown.headers["etag"] == made.answer.headers["etag"]


def test_unknown_fields_are_refused(world: World) -> None:
    """What the service does not know is never dropped in silence."""
    answer = world.request(
        world.creator("account"),
        "POST",
        world.collection("account"),
        json={**world.body("account"), "no_such_field": 1},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/no_such_field"


def test_what_a_stranger_sees(world: World) -> None:
    """The account does not exist for a stranger."""
    made = world.make("account")
    answer = world.request("stranger", "GET", made.address)
    assert answer.status_code == 404


def test_what_is_not_there(world: World) -> None:
    """An id that names nothing is not found."""
    answer = world.request(
        world.creator("account"), "GET", world.collection("account") + "/" + UNKNOWN_ID
    )
    assert answer.status_code == 404


def test_a_list_shows_it(world: World) -> None:
    """The list has the account."""
    made = world.make("account")
    assert made.row in world.request("owner", "GET", world.collection("account")).json()["items"]

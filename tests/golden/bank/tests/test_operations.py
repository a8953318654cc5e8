"""Operations: carried out, and refused."""

from tests.world import Ref, World


def test_deposit(world: World) -> None:
    """It is done where everything that it needs is there."""
    answer = world.call("owner", "/operations/deposit", account_id=Ref("account"), amount="10.00")
    assert answer.status_code == 201


def test_transfer(world: World) -> None:
    """It is done where everything that it needs is there."""
    earlier = world.call("owner", "/operations/deposit", account_id=Ref("account"), amount="10.00")
    assert earlier.status_code == 201
    answer = world.call(
        "owner",
        "/operations/transfer",
        source_id=Ref("account"),
        target_id=Ref("second_account"),
        amount="10.00",
    )
    assert answer.status_code == 201


def test_transfer_is_refused_by_account_balance_never_below(world: World) -> None:
    """It would violate account.balance.never_below; nothing changes."""
    made = world.make("account")
    before = world.shown("owner", made)
    answer = world.call(
        "owner",
        "/operations/transfer",
        source_id=Ref("account"),
        target_id=Ref("second_account"),
        amount="10.00",
    )
    assert answer.status_code == 409
    assert answer.json()["rule"] == "account.balance.never_below"
    assert world.shown("owner", made) == before


def test_transfer_is_refused_by_require_2(world: World) -> None:
    """This must hold: source != target; nothing changes."""
    made = world.make("account")
    before = world.shown("owner", made)
    answer = world.call(
        "owner",
        "/operations/transfer",
        source_id=Ref("account"),
        target_id=Ref("account"),
        amount="10.00",
    )
    assert answer.status_code == 422
    assert answer.json()["rule"] == "transfer.require_2"
    assert world.shown("owner", made) == before

"""Demo data: `python -m app seed`."""

from typing import Any

from app.accounts_rows import repository as accounts_rows
from app.accounts_rows.schemas import AccountCreate
from app.core.db import Connection
from app.profile import PROFILE
from app.rows.demo import demo_people

PEOPLE: dict[str, dict[str, Any]] = {"owner": {"roles": ["admin", "customer", "teller"]}}


async def seed(connection: Connection) -> None:
    """Fill in one row of each kind; a second run changes nothing."""
    people = await demo_people(connection, PROFILE, PEOPLE)
    if people is None:
        return
    await accounts_rows.create(
        connection,
        people["owner"],
        AccountCreate.model_validate({"iban": "AA0000000000000", "currency": "EUR"}),
    )

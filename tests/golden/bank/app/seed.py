"""Demo data: `python -m app seed`."""

from typing import Any

from app.accounts_rows import repository as accounts_rows
from app.accounts_rows.schemas import AccountCreate
from app.core.db import Connection
from app.profile import PROFILE
from app.rows.demo import Demo, Kind, Row

PEOPLE: dict[str, dict[str, Any]] = {
    "anna": {"roles": ["admin", "customer", "teller"]},
    "david": {"roles": ["customer"]},
    "ben": {"roles": ["admin", "customer", "teller"]},
    "clara": {"roles": ["customer"]},
}

KINDS = {"account": Kind(accounts_rows.create, AccountCreate)}

ROWS: list[Row] = [
    Row("account", "anna", {"iban": "AA0000000000000", "currency": "EUR"}),
    Row("account", "david", {"iban": "BA0000000000000", "currency": "USD"}),
    Row("account", "anna", {"iban": "CA0000000000000", "currency": "EUR"}),
    Row("account", "ben", {"iban": "DA0000000000000", "currency": "USD"}),
    Row("account", "clara", {"iban": "EA0000000000000", "currency": "EUR"}),
    Row("account", "david", {"iban": "FA0000000000000", "currency": "USD"}),
    Row("account", "anna", {"iban": "GA0000000000000", "currency": "EUR"}),
    Row("account", "ben", {"iban": "HA0000000000000", "currency": "USD"}),
    Row("account", "clara", {"iban": "IA0000000000000", "currency": "EUR"}),
    Row("account", "david", {"iban": "JA0000000000000", "currency": "USD"}),
    Row("account", "anna", {"iban": "KA0000000000000", "currency": "EUR"}),
    Row("account", "ben", {"iban": "LA0000000000000", "currency": "USD"}),
    Row("account", "clara", {"iban": "MA0000000000000", "currency": "EUR"}),
    Row("account", "david", {"iban": "NA0000000000000", "currency": "USD"}),
    Row("account", "anna", {"iban": "OA0000000000000", "currency": "EUR"}),
    Row("account", "ben", {"iban": "PA0000000000000", "currency": "USD"}),
    Row("account", "clara", {"iban": "QA0000000000000", "currency": "EUR"}),
    Row("account", "david", {"iban": "RA0000000000000", "currency": "USD"}),
    Row("account", "anna", {"iban": "SA0000000000000", "currency": "EUR"}),
    Row("account", "ben", {"iban": "TA0000000000000", "currency": "USD"}),
    Row("account", "clara", {"iban": "UA0000000000000", "currency": "EUR"}),
    Row("account", "david", {"iban": "VA0000000000000", "currency": "USD"}),
    Row("account", "anna", {"iban": "WA0000000000000", "currency": "EUR"}),
    Row("account", "ben", {"iban": "XA0000000000000", "currency": "USD"}),
]


async def seed(connection: Connection) -> None:
    """Fill in the demo; a second run changes nothing."""
    await Demo(PEOPLE, KINDS, ROWS).fill(connection, PROFILE)

"""The operation “deposit”.

Deposit.
"""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, require_role, require_signed_in
from app.core.actor import Actor
from app.core.body import Input, receive_body
from app.core.db import Connection, execute
from app.core.documents import created_response
from app.core.errors import violations_are_conflicts
from app.core.fields import DecimalText
from app.core.idempotency import run_once
from app.core.openapi import details, problems
from app.entries import repository as entries
from app.entries.schemas import Entry
from app.rows.guards import written_row
from app.rows.named import NamedRow, require_named
from app.rows.types import ID

router = APIRouter(tags=["operations"])


class DepositInput(Input):
    """What is given."""

    account_id: Annotated[UUID, ID]
    amount: Annotated[Decimal, DecimalText(15, 2), Field(ge=Decimal("0.01"), examples=["10.00"])]


DEPOSIT_LOCK_ACCOUNTS = """
    SELECT accounts.id
    FROM accounts
    WHERE accounts.id = %(input.account)s::uuid
    ORDER BY accounts.id
    FOR NO KEY UPDATE OF accounts
"""

DEPOSIT_FIND_ACCOUNT = """
    SELECT 1
    FROM accounts
    WHERE accounts.id = %(input.account)s
"""

DEPOSIT_REFERENCES = [NamedRow("/account_id", "input.account", DEPOSIT_FIND_ACCOUNT)]

DEPOSIT_CREATE_ENTRY = """
    INSERT INTO entries (
        account_id, amount
    )
    VALUES (
        %(input.account)s::uuid, %(input.amount)s::numeric
    )
    RETURNING id
"""

LOCATION = """
    SELECT '/accounts' || '/' || entries.account_id::text || '/entries' || '/' || entries.id::text
    FROM entries
    WHERE entries.id = %(id)s
"""


async def prepare_deposit(
    connection: Connection, actor: Actor, given: DepositInput
) -> dict[str, Any]:
    """Lock what it touches and refuse what is not possible: deposit.

    Returns the parameters of its statements. Raises 422 and 409 problems.
    """
    names: dict[str, Any] = {
        **actor.parameters,
        "input.account": given.account_id,
        "input.amount": given.amount,
    }
    await execute(connection, DEPOSIT_LOCK_ACCOUNTS, names)
    await require_named(connection, DEPOSIT_REFERENCES, names)
    return names


async def carry_out_deposit(connection: Connection, names: dict[str, Any]) -> UUID:
    """Carry it out: deposit. Violated rules roll everything back."""
    row = await written_row(connection, DEPOSIT_CREATE_ENTRY, names)
    names["row.e"] = row[0]
    key: UUID = names["row.e"]
    return key


@router.post(
    "/operations/deposit",
    operation_id="deposit",
    summary="Deposit",
    status_code=201,
    response_model=Entry,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=DepositInput, idempotent=True, etag=True, status=201, location=True),
)
async def deposit(request: Request) -> Response:
    """Deposit. For: teller."""
    actor = authenticate(request)
    require_signed_in(actor)
    require_role(actor, "teller")
    body = await receive_body(request, DepositInput)

    async def work(connection: Connection) -> Response:
        given = body.value()
        names = await prepare_deposit(connection, actor, given)
        violations_are_conflicts(request)
        key = await carry_out_deposit(connection, names)
        document = await entries.reload(connection, actor, key)
        location = await written_row(connection, LOCATION, {"id": key})
        return created_response(document, location[0])

    return await run_once(request, actor, body, work, required=True)

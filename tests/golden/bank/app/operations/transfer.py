"""The operation “transfer”.

Transfer.
"""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, require_signed_in
from app.core.actor import Actor
from app.core.body import Input, receive_body
from app.core.db import Connection, execute
from app.core.documents import created_response
from app.core.errors import violations_are_conflicts
from app.core.fields import DecimalText
from app.core.idempotency import run_once
from app.core.openapi import details, problems
from app.core.rules import Rule
from app.rows.guards import require_rules, written_row
from app.rows.named import NamedRow, require_named
from app.rows.types import ID
from app.transfers import repository as transfers
from app.transfers.schemas import Transfer

router = APIRouter(tags=["operations"])


class TransferInput(Input):
    """What is given."""

    source_id: Annotated[UUID, ID]
    target_id: Annotated[UUID, ID]
    amount: Annotated[Decimal, DecimalText(15, 2), Field(ge=Decimal("0.01"), examples=["10.00"])]


TRANSFER_LOCK_ACCOUNTS = """
    SELECT accounts.id
    FROM accounts
    WHERE accounts.id = %(input.source)s::uuid
       OR accounts.id = %(input.target)s::uuid
    ORDER BY accounts.id
    FOR NO KEY UPDATE OF accounts
"""

TRANSFER_FIND_SOURCE = """
    SELECT 1
    FROM accounts
    WHERE accounts.id = %(input.source)s
      AND accounts.holder_id = %(actor)s
"""

TRANSFER_FIND_TARGET = """
    SELECT 1
    FROM accounts
    WHERE accounts.id = %(input.target)s
"""

TRANSFER_REFERENCES = [
    NamedRow("/source_id", "input.source", TRANSFER_FIND_SOURCE),
    NamedRow("/target_id", "input.target", TRANSFER_FIND_TARGET),
]

TRANSFER_REQUIRES = """
    SELECT
        %(input.source)s::uuid <> %(input.target)s::uuid,
        (SELECT a.currency FROM accounts AS a WHERE a.id = %(input.source)s::uuid) = (SELECT a.currency FROM accounts AS a WHERE a.id = %(input.target)s::uuid)
"""

TRANSFER_RULES = [
    Rule("transfer.require_2", "This must hold: source != target.", status=422),
    Rule("transfer.require", "This must hold: source.currency == target.currency."),
]

TRANSFER_CREATE_TRANSFER = """
    INSERT INTO transfers (
        sender_id, source_id, target_id, amount
    )
    VALUES (
        %(actor)s::uuid, %(input.source)s::uuid, %(input.target)s::uuid,
        %(input.amount)s::numeric
    )
    RETURNING id
"""

TRANSFER_CREATE_ENTRY = """
    INSERT INTO entries (
        account_id, amount, transfer_id
    )
    VALUES (
        %(input.source)s::uuid, (-%(input.amount)s::numeric), %(row.t)s::uuid
    )
    RETURNING id
"""

TRANSFER_CREATE_ENTRY_2 = """
    INSERT INTO entries (
        account_id, amount, transfer_id
    )
    VALUES (
        %(input.target)s::uuid, %(input.amount)s::numeric, %(row.t)s::uuid
    )
    RETURNING id
"""

LOCATION = """
    SELECT '/transfers' || '/' || transfers.id::text
    FROM transfers
    WHERE transfers.id = %(id)s
"""


async def prepare_transfer(
    connection: Connection, actor: Actor, given: TransferInput
) -> dict[str, Any]:
    """Lock what it touches and refuse what is not possible: transfer.

    Returns the parameters of its statements. Raises 422 and 409 problems.
    """
    names: dict[str, Any] = {
        **actor.parameters,
        "input.source": given.source_id,
        "input.target": given.target_id,
        "input.amount": given.amount,
    }
    await execute(connection, TRANSFER_LOCK_ACCOUNTS, names)
    await require_named(connection, TRANSFER_REFERENCES, names)
    await require_rules(connection, TRANSFER_REQUIRES, names, TRANSFER_RULES)
    return names


async def carry_out_transfer(connection: Connection, names: dict[str, Any]) -> UUID:
    """Carry it out: transfer. Violated rules roll everything back."""
    row = await written_row(connection, TRANSFER_CREATE_TRANSFER, names)
    names["row.t"] = row[0]
    await written_row(connection, TRANSFER_CREATE_ENTRY, names)
    await written_row(connection, TRANSFER_CREATE_ENTRY_2, names)
    key: UUID = names["row.t"]
    return key


@router.post(
    "/operations/transfer",
    operation_id="transfer",
    summary="Transfer",
    status_code=201,
    response_model=Transfer,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(
        body=TransferInput, idempotent=True, etag=True, status=201, location=True
    ),
)
async def transfer(request: Request) -> Response:
    """Transfer. For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, TransferInput)

    async def work(connection: Connection) -> Response:
        given = body.value()
        names = await prepare_transfer(connection, actor, given)
        violations_are_conflicts(request)
        key = await carry_out_transfer(connection, names)
        document = await transfers.reload(connection, actor, key)
        location = await written_row(connection, LOCATION, {"id": key})
        return created_response(document, location[0])

    return await run_once(request, actor, body, work, required=True)

"""The states of a loan: who may move it on, when, and what follows.

A loan is locked first, so of two that move it at once the second
finds the new state.
"""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, execute
from app.core.rules import Rule
from app.rows.guards import lock_row

from . import access

LOCK_FOR_CLOSE = f"""
    SELECT loans.version, loans.status, (loans.borrower_id = %(actor)s OR 'librarian' = ANY(%(roles)s)) AS allowed
    {access.SOURCE}
    WHERE loans.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF loans
"""

CLOSE_MOVE = """
    UPDATE loans
    SET status = 'closed'
    WHERE loans.id = %(id)s
"""


async def lock_for_close(connection: Connection, actor: Actor, loan_key: UUID) -> tuple[int, str]:
    """Lock the loan; returns its version and state.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_CLOSE, {**actor.parameters, "id": loan_key})
    return int(row[0]), row[1]


async def prepare_close(
    connection: Connection, actor: Actor, loan_key: UUID, state: str
) -> dict[str, Any]:
    """Lock what it touches and refuse what is not possible: close a loan.

    Returns the parameters of its statements. Raises 422 and 409 problems.
    """
    names: dict[str, Any] = {**actor.parameters, "id": loan_key}
    if state != "open":
        raise Rule("loan.status", f"It is {state}: close is not possible now.").problem()
    return names


async def carry_out_close(connection: Connection, names: dict[str, Any]) -> None:
    """Carry it out: close a loan. Violated rules roll everything back."""
    await execute(connection, CLOSE_MOVE, names)

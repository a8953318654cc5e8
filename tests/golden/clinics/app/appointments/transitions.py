"""The states of an appointment: who may move it on, when, and what follows.

An appointment is locked first, so of two that move it at once the second
finds the new state.
"""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, execute
from app.core.rules import Rule
from app.rows.guards import lock_row

from . import access

LOCK_FOR_CANCEL = f"""
    SELECT appointments.version, appointments.status, EXISTS (
        SELECT FROM staff
        WHERE staff.clinic_id = appointments.clinic_id
          AND staff.user_id = %(actor)s
          AND staff.role = 'receptionist'
    ) AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND appointments.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF appointments
"""

CANCEL_MOVE = """
    UPDATE appointments
    SET status = 'cancelled'
    WHERE appointments.id = %(id)s
"""

LOCK_FOR_COMPLETE = f"""
    SELECT appointments.version, appointments.status, EXISTS (
        SELECT FROM staff
        WHERE staff.clinic_id = appointments.clinic_id
          AND staff.user_id = %(actor)s
          AND staff.role = 'dentist'
    ) AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND appointments.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF appointments
"""

COMPLETE_MOVE = """
    UPDATE appointments
    SET status = 'done'
    WHERE appointments.id = %(id)s
"""


async def lock_for_cancel(
    connection: Connection, actor: Actor, clinic_key: UUID, appointment_key: UUID
) -> tuple[int, str]:
    """Lock the appointment; returns its version and state.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection,
        LOCK_FOR_CANCEL,
        {**actor.parameters, "clinic_id": clinic_key, "id": appointment_key},
    )
    return int(row[0]), row[1]


async def prepare_cancel(
    connection: Connection, actor: Actor, clinic_key: UUID, appointment_key: UUID, state: str
) -> dict[str, Any]:
    """Lock what it touches and refuse what is not possible: cancel an appointment.

    Returns the parameters of its statements. Raises 422 and 409 problems.
    """
    names: dict[str, Any] = {**actor.parameters, "clinic_id": clinic_key, "id": appointment_key}
    if state != "booked":
        raise Rule("appointment.status", f"It is {state}: cancel is not possible now.").problem()
    return names


async def carry_out_cancel(connection: Connection, names: dict[str, Any]) -> None:
    """Carry it out: cancel an appointment. Violated rules roll everything back."""
    await execute(connection, CANCEL_MOVE, names)


async def lock_for_complete(
    connection: Connection, actor: Actor, clinic_key: UUID, appointment_key: UUID
) -> tuple[int, str]:
    """Lock the appointment; returns its version and state.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection,
        LOCK_FOR_COMPLETE,
        {**actor.parameters, "clinic_id": clinic_key, "id": appointment_key},
    )
    return int(row[0]), row[1]


async def prepare_complete(
    connection: Connection, actor: Actor, clinic_key: UUID, appointment_key: UUID, state: str
) -> dict[str, Any]:
    """Lock what it touches and refuse what is not possible: complete an appointment.

    Returns the parameters of its statements. Raises 422 and 409 problems.
    """
    names: dict[str, Any] = {**actor.parameters, "clinic_id": clinic_key, "id": appointment_key}
    if state != "booked":
        raise Rule("appointment.status", f"It is {state}: complete is not possible now.").problem()
    return names


async def carry_out_complete(connection: Connection, names: dict[str, Any]) -> None:
    """Carry it out: complete an appointment. Violated rules roll everything back."""
    await execute(connection, COMPLETE_MOVE, names)

"""Statements about runs, their events, and what is used."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from cloud_api.database.pool import Connection, execute, fetch_all, fetch_one
from cloud_api.features.generations.models import GenerationRow, UsedToday
from local_engine.contracts.generation import (
    Accepted,
    Ended,
    Made,
    Noticed,
    NumberedEvent,
    RunProblem,
    Started,
    Status,
    Way,
)

_COLUMNS = """
    id, user_id, prompt, status, way, model, max_tokens, max_cost_microdollars, tokens,
    cost_microdollars, attempts, result, problem, created_at, ended_at
"""
_TODAY = "(now() AT TIME ZONE 'UTC')::date"
_COUNT = f"""
    INSERT INTO usage_days AS u (user_id, day, generations)
    VALUES (%(user)s, {_TODAY}, 1)
    ON CONFLICT (user_id, day) DO UPDATE
    SET generations = u.generations + 1
    WHERE u.generations < %(limit)s
    RETURNING generations
"""
_USED = f"""
    SELECT generations, tokens, cost_microdollars FROM usage_days
    WHERE user_id = %(user)s AND day = {_TODAY}
"""
_INSERT = f"""
    INSERT INTO generations (id, user_id, prompt, way, model, max_tokens, max_cost_microdollars)
    VALUES (coalesce(%(id)s, uuidv7()), %(user)s, %(prompt)s, %(way)s, %(model)s, %(tokens)s,
            %(cost)s)
    ON CONFLICT (id) DO NOTHING
    RETURNING {_COLUMNS}
"""
_READ = f"SELECT {_COLUMNS} FROM generations WHERE id = %(id)s AND user_id = %(user)s"
_LIST = f"""
    SELECT {_COLUMNS} FROM generations
    WHERE user_id = %(user)s AND (%(before)s::uuid IS NULL OR id < %(before)s)
    ORDER BY id DESC
    LIMIT %(limit)s
"""
_ARCHIVE = "SELECT archive FROM generations WHERE id = %(id)s AND user_id = %(user)s"
_BEGIN = f"""
    UPDATE generations SET status = 'running', attempts = attempts + 1
    WHERE id = %(id)s AND status IN ('queued', 'running')
    RETURNING {_COLUMNS}
"""
# Which attempt may write: whose worker was slow and is taken for dead may not any more.
_FENCE = "(%(attempt)s::integer IS NULL OR attempts = %(attempt)s)"
_END = f"""
    UPDATE generations
    SET status = %(status)s, result = %(result)s, problem = %(problem)s, archive = %(archive)s,
        ended_at = clock_timestamp()
    WHERE id = %(id)s AND status IN ('queued', 'running') AND {_FENCE}
"""
# They are for whoever takes a run over; nobody does that any more.
_FORGET_ANSWERS = "DELETE FROM model_answers WHERE generation_id = %(id)s"
_ABANDONED = """
    SELECT g.id FROM generations AS g
    WHERE g.status IN ('queued', 'running')
      AND (%(id)s::uuid IS NULL OR g.id = %(id)s)
      AND NOT EXISTS (
          SELECT FROM procrastinate_jobs AS j
          WHERE j.lock = 'generation ' || g.id AND j.status IN ('todo', 'doing')
      )
    LIMIT 100
    FOR NO KEY UPDATE OF g SKIP LOCKED
"""
_ASK_TO_CANCEL = f"""
    UPDATE generations SET cancel_asked = true
    WHERE id = %(id)s AND user_id = %(user)s
    RETURNING {_COLUMNS}
"""
# The lock on the run gives its events their numbers without gaps or collisions.
_ADD_EVENTS = f"""
    WITH run AS (
        SELECT id, cancel_asked FROM generations
        WHERE id = %(id)s AND {_FENCE}
        FOR NO KEY UPDATE
    ), last AS (
        SELECT coalesce(max(number), 0) AS number
        FROM generation_events
        WHERE generation_id = %(id)s
    ), added AS (
        INSERT INTO generation_events (generation_id, number, event)
        SELECT run.id, last.number + new.place, new.event
        FROM run, last, jsonb_array_elements(%(events)s) WITH ORDINALITY AS new (event, place)
    )
    SELECT cancel_asked FROM run
"""
_EVENTS = """
    SELECT number, at, event FROM generation_events
    WHERE generation_id = %(id)s AND number > %(after)s
    ORDER BY number
    LIMIT 500
"""


async def count_run(connection: Connection, user: UUID, limit: int) -> bool:
    """Count a run of today, unless the limit is reached; whether it was counted."""
    names = {"user": user, "limit": limit}
    return limit > 0 and await fetch_one(connection, _COUNT, names) is not None


async def used_today(connection: Connection, user: UUID) -> UsedToday:
    """What an account has used today."""
    row = await fetch_one(connection, _USED, {"user": user})
    return UsedToday(0, 0, 0) if row is None else UsedToday(**row)


async def insert(
    connection: Connection,
    user: UUID,
    prompt: str,
    *,
    way: Way,
    model: str | None,
    max_tokens: int,
    max_cost_microdollars: int,
    wanted: UUID | None,
) -> GenerationRow | None:
    """A new run, which waits for a worker; None when there is one with the wanted id."""
    names = {
        "id": wanted,
        "user": user,
        "prompt": prompt,
        "way": way,
        "model": model,
        "tokens": max_tokens,
        "cost": max_cost_microdollars,
    }
    row = await fetch_one(connection, _INSERT, names)
    return None if row is None else GenerationRow(**row)


async def read(connection: Connection, user: UUID, generation: UUID) -> GenerationRow | None:
    """A run of an account."""
    row = await fetch_one(connection, _READ, {"id": generation, "user": user})
    return None if row is None else GenerationRow(**row)


async def list_all(
    connection: Connection, user: UUID, before: UUID | None, limit: int
) -> list[GenerationRow]:
    """The runs of an account, the newest first."""
    names = {"user": user, "before": before, "limit": limit}
    return [GenerationRow(**row) for row in await fetch_all(connection, _LIST, names)]


async def archive_of(connection: Connection, user: UUID, generation: UUID) -> bytes | None:
    """The zip of a run that succeeded."""
    row = await fetch_one(connection, _ARCHIVE, {"id": generation, "user": user})
    return None if row is None else row["archive"]


async def begin(connection: Connection, generation: UUID) -> GenerationRow | None:
    """Take a run up, for the first time or after a worker died; None when it has ended."""
    row = await fetch_one(connection, _BEGIN, {"id": generation})
    return None if row is None else GenerationRow(**row)


async def abandoned(connection: Connection, generation: UUID | None = None) -> list[UUID]:
    """Runs (or this one, if it is) that no task in the queue will ever carry on."""
    rows = await fetch_all(connection, _ABANDONED, {"id": generation})
    return [row["id"] for row in rows]


async def end(
    connection: Connection,
    generation: UUID,
    status: Status,
    *,
    made: Made | None = None,
    archive: bytes | None = None,
    problem: RunProblem | None = None,
    attempt: int | None = None,
) -> bool:
    """End a run with its last event, unless it has ended; whether it was ended.

    An `attempt` that another one has taken over ends nothing.
    """
    names: dict[str, Any] = {
        "id": generation,
        "attempt": attempt,
        "status": status,
        "result": Jsonb(made.model_dump(mode="json")) if made is not None else None,
        "problem": Jsonb(problem.model_dump(mode="json")) if problem is not None else None,
        "archive": archive,
    }
    ended = await execute(connection, _END, names) == 1
    if ended:
        await execute(connection, _FORGET_ANSWERS, {"id": generation})
        await add_events(connection, generation, Ended(status=status, problem=problem))
    return ended


async def ask_to_cancel(
    connection: Connection, user: UUID, generation: UUID
) -> GenerationRow | None:
    """Remember that a run shall be called off; the run as it was."""
    row = await fetch_one(connection, _ASK_TO_CANCEL, {"id": generation, "user": user})
    return None if row is None else GenerationRow(**row)


async def add_events(
    connection: Connection,
    generation: UUID,
    *events: Accepted | Started | Noticed | Ended,
    attempt: int | None = None,
) -> bool:
    """Append events; whether the run shall be called off.

    An `attempt` that another one has taken over shall: it appends nothing.
    """
    sent = Jsonb([event.model_dump(mode="json") for event in events])
    names = {"id": generation, "events": sent, "attempt": attempt}
    row = await fetch_one(connection, _ADD_EVENTS, names)
    return row is None or bool(row["cancel_asked"])


async def events_after(connection: Connection, generation: UUID, after: int) -> list[NumberedEvent]:
    """The next events of a run."""
    rows = await fetch_all(connection, _EVENTS, {"id": generation, "after": after})
    return [NumberedEvent.model_validate(row) for row in rows]

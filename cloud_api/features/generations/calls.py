"""Statements about what models were asked for a run, and answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from cloud_api.database.pool import Connection, execute, fetch_one
from local_engine.generator.agents.providers import Usage

_START = """
    WITH run AS (
        UPDATE generations
        SET tokens = tokens + %(tokens)s, cost_microdollars = cost_microdollars + %(cost)s
        WHERE id = %(generation)s AND status = 'running' AND attempts = %(attempt)s
        RETURNING id, user_id
    ), day AS (
        INSERT INTO usage_days AS u (user_id, day, generations, tokens, cost_microdollars)
        SELECT user_id, (now() AT TIME ZONE 'UTC')::date, 0, %(tokens)s, %(charged_cost)s FROM run
        ON CONFLICT (user_id, day) DO UPDATE
        SET tokens = u.tokens + excluded.tokens,
            cost_microdollars = u.cost_microdollars + excluded.cost_microdollars
        RETURNING u.tokens, u.cost_microdollars
    ), call AS (
        INSERT INTO model_calls (generation_id, provider, model, day, charged, reserved_tokens,
                                 reserved_microdollars)
        SELECT id, %(provider)s, %(model)s, (now() AT TIME ZONE 'UTC')::date, %(charged)s,
               %(tokens)s, %(cost)s
        FROM run
        RETURNING id
    )
    SELECT call.id, day.tokens, day.cost_microdollars FROM call, day
"""
# What a provider counts beyond what was set aside cannot be undone: it is in the call's row.
_END = """
    WITH call AS (
        UPDATE model_calls
        SET tokens = %(tokens)s, microdollars = %(cost)s, problem = %(problem)s,
            ended_at = clock_timestamp()
        WHERE id = %(call)s AND ended_at IS NULL
        RETURNING generation_id, day, charged, %(tokens)s - reserved_tokens AS more_tokens,
                  %(cost)s - reserved_microdollars AS more_cost
    ), run AS (
        UPDATE generations AS g
        SET tokens = least(g.max_tokens, g.tokens + call.more_tokens),
            cost_microdollars =
                least(g.max_cost_microdollars, g.cost_microdollars + call.more_cost)
        FROM call
        WHERE g.id = call.generation_id
        RETURNING g.user_id
    )
    UPDATE usage_days AS u
    SET tokens = u.tokens + call.more_tokens,
        cost_microdollars =
            u.cost_microdollars + CASE WHEN call.charged THEN call.more_cost ELSE 0 END
    FROM call, run
    WHERE u.user_id = run.user_id AND u.day = call.day
"""
_ANSWER = """
    SELECT outcome FROM model_answers
    WHERE generation_id = %(generation)s AND question = %(question)s
"""
_KEEP = """
    INSERT INTO model_answers (generation_id, question, outcome)
    SELECT id, %(question)s, %(outcome)s FROM generations
    WHERE id = %(generation)s AND status = 'running'
    FOR SHARE
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class StartedCall:
    """A call that was recorded, and what the account has used today with it."""

    id: int
    tokens: int
    cost_microdollars: int


async def start(
    connection: Connection,
    generation: UUID,
    attempt: int,
    provider: str,
    model: str,
    reserved: Usage,
    *,
    charged: bool,
) -> StartedCall | None:
    """Record a call that is about to be sent, with the most that it can use.

    None when the run has ended, or another attempt has taken it over. The caller rolls back what
    is more than the day allows.
    """
    cost = reserved.cost_microdollars or 0
    names = {
        "generation": generation,
        "attempt": attempt,
        "provider": provider,
        "model": model,
        "tokens": reserved.tokens,
        "cost": cost,
        "charged": charged,
        "charged_cost": cost if charged else 0,
    }
    row = await fetch_one(connection, _START, names)
    return None if row is None else StartedCall(**row)


async def end(connection: Connection, call: int, used: Usage, problem: str | None) -> None:
    """Record what a call has used, in place of what was set aside for it."""
    names = {
        "call": call,
        "tokens": used.tokens,
        "cost": used.cost_microdollars or 0,
        "problem": problem,
    }
    await execute(connection, _END, names)


async def answer_of(
    connection: Connection, generation: UUID, question: str
) -> dict[str, Any] | None:
    """What came of a question of the run before."""
    names = {"generation": generation, "question": question}
    row = await fetch_one(connection, _ANSWER, names)
    return None if row is None else row["outcome"]


async def keep_answer(
    connection: Connection, generation: UUID, question: str, outcome: dict[str, Any]
) -> None:
    """Keep what came of a question, while the run is under way."""
    names = {"generation": generation, "question": question, "outcome": Jsonb(outcome)}
    await execute(connection, _KEEP, names)

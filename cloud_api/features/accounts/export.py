"""What the features keep about an account, for its export: one statement a feature.

Secrets are left out: password hashes, digests of tokens, encrypted keys.
"""

from __future__ import annotations

from uuid import UUID

from cloud_api.database.pool import Connection, fetch_all
from local_engine.contracts.wire import Json

_STATEMENTS: dict[str, str] = {
    "llm_keys": """
        SELECT provider, last_four, stored_at, tested_at, works
        FROM llm_keys
        WHERE user_id = %(user)s
        ORDER BY provider
    """,
    "projects": """
        SELECT id, name, created_at, updated_at
        FROM projects
        WHERE owner_id = %(user)s
        ORDER BY id
    """,
    "blueprints": """
        SELECT v.id, v.project_id, v.title, v.origin, v.created_at,
               encode(v.digest, 'hex') AS digest, encode(v.parent, 'hex') AS parent, t.text
        FROM blueprint_versions AS v JOIN projects AS p ON p.id = v.project_id
        JOIN blueprint_texts AS t ON t.project_id = v.project_id AND t.digest = v.digest
        WHERE p.owner_id = %(user)s
        ORDER BY v.number
    """,
    "verifications": """
        SELECT v.project_id, encode(v.digest, 'hex') AS digest, v.commit, v.passed, v.failed,
               v.inconclusive, v.verified_at, v.not_passed
        FROM verifications AS v JOIN projects AS p ON p.id = v.project_id
        WHERE p.owner_id = %(user)s
        ORDER BY v.id
    """,
    "shares": """
        SELECT s.project_id, s.role, s.email, s.created_at, s.expires_at
        FROM shares AS s JOIN projects AS p ON p.id = s.project_id
        WHERE p.owner_id = %(user)s
        ORDER BY s.id
    """,
    "generations": """
        SELECT id, prompt, status, way, model, tokens, cost_microdollars, result, problem,
               created_at, ended_at
        FROM generations
        WHERE user_id = %(user)s
        ORDER BY id
    """,
    "generation_events": """
        SELECT e.generation_id, e.number, e.at, e.event
        FROM generation_events AS e JOIN generations AS g ON g.id = e.generation_id
        WHERE g.user_id = %(user)s
        ORDER BY e.generation_id, e.number
    """,
    "model_calls": """
        SELECT c.generation_id, c.provider, c.model, c.day, c.charged, c.tokens,
               c.microdollars AS cost_microdollars, c.problem, c.started_at, c.ended_at
        FROM model_calls AS c JOIN generations AS g ON g.id = c.generation_id
        WHERE g.user_id = %(user)s
        ORDER BY c.id
    """,
    "usage": """
        SELECT day, generations, tokens, cost_microdollars
        FROM usage_days
        WHERE user_id = %(user)s
        ORDER BY day
    """,
}


async def collect(connection: Connection, user: UUID) -> dict[str, list[Json]]:
    """Rows by what they are, as JSON."""
    found: dict[str, list[Json]] = {}
    for name, sql in _STATEMENTS.items():
        rows = await fetch_all(
            connection,
            f"SELECT row_to_json(kept) AS row FROM ({sql}) AS kept",  # noqa: S608 - constants
            {"user": user},
        )
        found[name] = [row["row"] for row in rows]
    return found

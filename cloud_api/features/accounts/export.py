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

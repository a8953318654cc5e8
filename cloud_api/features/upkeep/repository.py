"""Statements that remove what has expired.

Most tables also lose a few expired rows with each insertion; this is for those that nobody writes
to for long.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from cloud_api.database.pool import Database, execute

BATCH = 1_000
"""Rows a transaction: each stays far below the time that a statement may take."""

_OLD_RUN = "generation_id IN (SELECT id FROM generations WHERE ended_at < now() - %(details)s)"
_EXPIRED = {
    "sessions": "idle_expires_at <= now() OR expires_at <= now()",
    "mail_codes": "expires_at <= now()",
    "attempts": "last_at < now() - interval '1 day'",
    "rate_limits": "expires_at <= now()",
    "shares": "expires_at < now() - interval '30 days'",
    "audit_events": "at < now() - %(audit)s",
    "generation_events": _OLD_RUN,
    "model_calls": _OLD_RUN,
}
_DELETE = """
    DELETE FROM {table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {table} WHERE {expired} LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ))
"""


async def remove_expired(
    database: Database, audit: timedelta, details: timedelta, batch: int = BATCH
) -> dict[str, int]:
    """Remove what has expired; how many rows of which table.

    Audit events go after `audit`, the events and calls of runs so long after their ends as
    `details` says: the runs themselves, with what was made, are their owners'.

    Each batch is a transaction of its own, so that nobody waits for long, and what is removed stays
    removed if a later one fails. Rows that somebody else holds stay for the next time.
    """
    removed = dict.fromkeys(_EXPIRED, 0)
    for table, expired in _EXPIRED.items():
        sql = _DELETE.format(table=table, expired=expired)
        names = {"audit": audit, "details": details, "batch": batch}
        count = batch
        while count == batch:
            count = await database.run(partial(execute, sql=sql, parameters=names))
            removed[table] += count
    return removed

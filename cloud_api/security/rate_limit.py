"""Rate limits: at most so many requests in any stretch of time, for each user or address.

Counted in PostgreSQL, so all replicas count together. The moments of the requests within the last
stretch are kept, so the limit is exact: there is no border between two windows to wait for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cloud_api.database.pool import Database
from cloud_api.web.problems import too_many_requests

_COUNT = """
    WITH expired AS (
        DELETE FROM rate_limits
        WHERE subject IN (
            SELECT subject FROM rate_limits
            WHERE expires_at <= now() AND subject <> %(subject)s
            LIMIT 10
            FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO rate_limits AS r (subject, hits, expires_at)
    VALUES (%(subject)s, ARRAY[clock_timestamp()], clock_timestamp() + %(period)s)
    ON CONFLICT (subject) DO UPDATE
    SET hits = clock_timestamp() || ARRAY(
            SELECT hit FROM unnest(r.hits) AS hit WHERE hit > clock_timestamp() - %(period)s
        ),
        expires_at = excluded.expires_at
    WHERE %(times)s > (
        SELECT count(*) FROM unnest(r.hits) AS hit WHERE hit > clock_timestamp() - %(period)s
    )
    RETURNING subject
"""

_WAIT = """
    SELECT ceil(extract(epoch FROM min(hit) + %(period)s - clock_timestamp()))::integer AS seconds
    FROM rate_limits, unnest(hits) AS hit
    WHERE subject = %(subject)s AND hit > clock_timestamp() - %(period)s
"""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`times` requests in any `seconds`, counted under `name` for each subject."""

    name: str
    times: int
    seconds: int


MAILS_PER_ADDRESS = RateLimit("mail to", 5, 3600)
"""Mails of any kind that requests cause: nobody is flooded through the service."""


async def limit_rate(database: Database, limit: RateLimit, subject: str) -> None:
    """Count a request of a subject. Raises a 429 problem when there have been too many."""
    names = {
        "subject": f"{limit.name} {subject}",
        "times": limit.times,
        "period": timedelta(seconds=limit.seconds),
    }
    if await database.fetch_one(_COUNT, names) is None:
        row = await database.fetch_one(_WAIT, names)
        raise too_many_requests(max(1, (row and row["seconds"]) or 1))

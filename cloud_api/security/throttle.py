"""Slows down guessing: after some failed attempts, pauses that grow.

Counted are the attempts of an address on an account; all attempts on an account, from wherever,
with pauses short enough that nobody can lock out its owner; and all attempts of an address, so that
it cannot go through many accounts.

Attempts are counted in PostgreSQL, so all replicas count together, and before the password is
looked at, so a thousand guesses at once are a thousand. Success takes its attempts back. Unknown
accounts are counted like known ones: a pause tells nothing about which exist.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from cloud_api.database.pool import Database
from cloud_api.web.problems import too_many_requests

_COUNT = """
    INSERT INTO attempts AS a (subject, attempts, blocked_until)
    VALUES (%(subject)s, 1, now())
    ON CONFLICT (subject) DO UPDATE
    SET attempts = CASE WHEN a.last_at < now() - interval '1 day' THEN 1 ELSE a.attempts + 1 END,
        blocked_until = CASE
            WHEN a.last_at < now() - interval '1 day' OR a.attempts + 1 < %(free)s THEN now()
            ELSE now() + least(%(longest)s, power(2, least(a.attempts + 1 - %(free)s, 20)))
                 * interval '1 second'
        END,
        last_at = now()
    WHERE a.blocked_until <= now()
    RETURNING attempts
"""

_WAIT = """
    SELECT greatest(1, ceil(extract(epoch FROM blocked_until - now())))::integer AS seconds
    FROM attempts
    WHERE subject = %(subject)s
"""

_FORGET = """
    WITH expired AS (
        DELETE FROM attempts
        WHERE subject IN (
            SELECT subject FROM attempts
            WHERE last_at < now() - interval '1 day'
            LIMIT 10
            FOR UPDATE SKIP LOCKED
        )
    )
    UPDATE attempts
    SET attempts = CASE WHEN %(all)s THEN 0 ELSE greatest(attempts - 1, 0) END,
        blocked_until = now()
    WHERE subject = %(subject)s
    RETURNING attempts
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What attempts are counted of: `free` of them cost nothing, then each pause doubles.

    A success forgets all attempts of its subject, or (`shared`) only its own.
    """

    digest: bytes
    free: int
    longest_seconds: int
    shared: bool = False


def sign_in_subjects(email: str, address: str) -> tuple[Subject, ...]:
    """What an attempt to sign in counts for, whether the account exists or not."""
    return (
        Subject(_digest("account from address", address, email.lower()), 5, 300),
        Subject(_digest("account", email.lower()), 30, 30, shared=True),
        Subject(_digest("address", address), 100, 300, shared=True),
    )


def own_password(user: UUID) -> Subject:
    """The attempts of a signed-in user to name the own password."""
    return Subject(_digest("own password", str(user)), 5, 300)


def mail_code(address: str) -> Subject:
    """The attempts of an address to name a code that was sent by mail."""
    return Subject(_digest("code from address", address), 20, 300, shared=True)


async def count_attempt(database: Database, *subjects: Subject) -> None:
    """Count an attempt for each subject. Raises a 429 problem while one of them has to wait."""
    for subject in subjects:
        names = {
            "subject": subject.digest,
            "free": subject.free,
            "longest": subject.longest_seconds,
        }
        if await database.fetch_one(_COUNT, names) is None:
            wait = await database.fetch_one(_WAIT, {"subject": subject.digest})
            raise too_many_requests(wait["seconds"] if wait else 1)


async def forgive(database: Database, *subjects: Subject) -> None:
    """After a success: forget what was counted."""
    for subject in subjects:
        await database.fetch_one(_FORGET, {"subject": subject.digest, "all": not subject.shared})


def _digest(*parts: str) -> bytes:
    """Personal data is not kept in the clear where it need not be."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()

"""Slows down guessing: after some failed attempts, pauses that grow.

Counted are the attempts of an address on an account, so nobody can lock the account of somebody
who signs in from elsewhere, and all attempts of an address, so it cannot go through many accounts.

Attempts are counted in PostgreSQL, so all replicas count together, and before the password is
looked at, so a thousand guesses at once are a thousand. Success takes its attempt back. Unknown
accounts are counted like known ones: a pause tells nothing about which exist.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from .db import Database
from .problem import too_many_requests

_COUNT = """
    INSERT INTO auth_login_attempts AS a (subject, attempts, blocked_until)
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
    SELECT greatest(1, ceil(extract(epoch FROM blocked_until - now())))::integer
    FROM auth_login_attempts
    WHERE subject = %(subject)s
"""

_FORGET = """
    WITH expired AS (
        DELETE FROM auth_login_attempts
        WHERE subject IN (
            SELECT subject FROM auth_login_attempts
            WHERE last_at < now() - interval '1 day'
            LIMIT 10
            FOR UPDATE SKIP LOCKED
        )
    )
    UPDATE auth_login_attempts
    SET attempts = CASE WHEN %(all)s THEN 0 ELSE greatest(attempts - 1, 0) END,
        blocked_until = now()
    WHERE subject = %(subject)s
    RETURNING attempts
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What attempts are counted of: `free` of them cost nothing, then each pause doubles."""

    digest: bytes
    free: int
    longest_seconds: int

    @classmethod
    def sign_in(cls, email: str, address: str) -> Subject:
        """The attempts of one address on one account, whether that exists or not."""
        return cls(_digest("sign-in", address, email.lower()), free=5, longest_seconds=300)

    @classmethod
    def address(cls, address: str) -> Subject:
        """All attempts of one address; many people may share it."""
        return cls(_digest("address", address), free=100, longest_seconds=300)

    @classmethod
    def own_password(cls, user: UUID) -> Subject:
        """The attempts of a signed-in user to name the own password."""
        return cls(_digest("own password", str(user)), free=5, longest_seconds=300)


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
            raise too_many_requests(wait[0] if wait else 1)


async def forgive(database: Database, subject: Subject, address: Subject | None = None) -> None:
    """After a success: forget the subject's attempts, and this one attempt of the address."""
    await database.fetch_one(_FORGET, {"subject": subject.digest, "all": True})
    if address is not None:
        await database.fetch_one(_FORGET, {"subject": address.digest, "all": False})


def _digest(*parts: str) -> bytes:
    """Personal data is not kept in the clear where it need not be."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()

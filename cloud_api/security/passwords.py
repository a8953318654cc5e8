"""Passwords: Argon2id, off the event loop, a few at a time.

One hash takes about 66 ms and 46 MiB by intention. Threads keep the service answering meanwhile,
and the semaphore keeps a flood of sign-ins from taking all memory and all processors.
"""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


def strong_hasher() -> PasswordHasher:
    """Argon2id with m=46 MiB, t=1, p=1: the first choice of OWASP's password storage guide."""
    return PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)


class Passwords:
    """Makes and checks password hashes, at most `threads` at once."""

    def __init__(self, threads: int, hasher: PasswordHasher | None = None) -> None:
        self._slots = asyncio.Semaphore(threads)
        self._hasher = hasher or strong_hasher()
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """The salted hash of a password, with its parameters, as text."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the one behind the hash.

        Without a hash (no such account) the answer is no, after the same work: the time that it
        takes does not tell which accounts exist.
        """
        if self._decoy is None:
            self._decoy = await self.hash(secrets.token_hex())
        async with self._slots:
            matches = await asyncio.to_thread(self._matches, stored or self._decoy, password)
        return matches and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than today's and should be made anew."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

"""Passwords: Argon2id, off the event loop, a few at a time.

One hash takes about 25 ms and 19 MiB by intention. Threads keep the service answering meanwhile,
and the semaphore keeps a flood of sign-ins from taking all memory and all processors.
"""

from __future__ import annotations

import asyncio
import base64
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

MIN_LENGTH, MAX_LENGTH = 8, 128

# The first choice of the OWASP password storage guide for Argon2id.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Passwords:
    """Makes and checks password hashes, at most `parallelism` at once."""

    def __init__(self, parallelism: int) -> None:
        self._slots = asyncio.Semaphore(parallelism)
        self._decoy = _decoy()

    async def hash(self, password: str) -> str:
        """The salted hash of a password, with its parameters, as text."""
        async with self._slots:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the one behind the hash.

        Without a hash (no such account) the answer is no, after the same work: the time that it
        takes does not tell which accounts exist.
        """
        async with self._slots:
            return await asyncio.to_thread(_matches, stored or self._decoy, password) and (
                stored is not None
            )


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's and should be made anew."""
    return _HASHER.check_needs_rehash(stored)


def _decoy() -> str:
    """The hash of no password: comparing with it takes as long as with any, and never succeeds."""
    costs = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (_HASHER.salt_len, _HASHER.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False

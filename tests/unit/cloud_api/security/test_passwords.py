"""Passwords are hashed with the parameters that the guide names."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from cloud_api.security.passwords import Passwords


def test_the_parameters_are_the_guides() -> None:
    stored = asyncio.run(Passwords(1).hash("a password"))
    found = extract_parameters(stored)
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (
        Type.ID,
        47_104,
        1,
        1,
    )


def test_right_wrong_unknown_and_outdated() -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords = Passwords(2, cheap)

    async def run() -> None:
        stored = await passwords.hash("right")
        assert await passwords.verify("right", stored)
        assert not await passwords.verify("wrong", stored)
        assert not await passwords.verify("right", None)
        assert not await passwords.verify("right", "no hash")
        assert not passwords.is_outdated(stored)
        assert Passwords(1).is_outdated(stored)

    asyncio.run(run())

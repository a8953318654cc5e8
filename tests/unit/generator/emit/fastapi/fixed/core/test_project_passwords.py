"""Passwords of generated projects: what is compared where there is no such account."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from local_engine.generator.emit.fastapi.fixed.core import passwords


def test_an_account_that_does_not_exist_costs_what_one_that_exists_does() -> None:
    compared: list[str] = []

    class Seen(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            compared.append(str(hash))
            return super().verify(hash, password)

    async def sign_in() -> None:
        mine = passwords.Passwords(1)
        stored = await mine.hash("right")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(passwords, "_HASHER", Seen(2, 19_456, 1))
            assert await mine.verify("right", stored)
            assert not await mine.verify("wrong", stored)
            assert not await mine.verify("right", None)
            assert not await mine.verify("right", "no hash")

    asyncio.run(sign_in())
    real, decoy = compared[0], compared[2]
    assert (extract_parameters(decoy), len(decoy)) == (extract_parameters(real), len(real))
    with pytest.raises(VerifyMismatchError):  # it was worked out, not refused for its form
        PasswordHasher().verify(decoy, "right")


def test_no_two_processes_compare_with_the_same() -> None:
    assert passwords._decoy() != passwords._decoy()

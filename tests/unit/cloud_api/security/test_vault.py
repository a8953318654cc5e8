"""What is sealed opens in its place, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from pydantic import SecretStr

from cloud_api.security.vault import Place, Sealed, Vault, VaultError

OLD, NEW = "the-old-secret-0123456789-abcdefghij", "the-new-secret-9876543210-jihgfedcba"
PLACE = Place(uuid4(), "gemini", uuid4())
KEY = SecretStr("AIza-a-key-of-a-provider")
VAULT = Vault([NEW])
SEALED = VAULT.seal(KEY, PLACE)


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_it_opens_in_its_place() -> None:
    assert VAULT.open(SEALED, PLACE) == KEY
    assert KEY.get_secret_value().encode() not in SEALED.ciphertext + SEALED.wrapped_key


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    again = VAULT.seal(KEY, PLACE)
    assert again.ciphertext != SEALED.ciphertext
    assert again.wrapped_key != SEALED.wrapped_key


@pytest.mark.parametrize(
    "place",
    [
        replace(PLACE, user=uuid4()),
        replace(PLACE, provider="groq"),
        replace(PLACE, row=uuid4()),
    ],
)
def test_it_opens_nowhere_else(place: Place) -> None:
    with pytest.raises(VaultError, match="does not belong here"):
        VAULT.open(SEALED, place)
    with pytest.raises(VaultError):
        VAULT.rewrap(SEALED, place)


@pytest.mark.parametrize(
    "changed",
    [
        replace(SEALED, ciphertext=flipped(SEALED.ciphertext, 0)),
        replace(SEALED, ciphertext=flipped(SEALED.ciphertext, -1 + len(SEALED.ciphertext))),
        replace(SEALED, wrapped_key=flipped(SEALED.wrapped_key, 20)),
        replace(SEALED, wrapped_key=SEALED.ciphertext),
        replace(SEALED, ciphertext=b""),
        replace(SEALED, version=2),
        replace(SEALED, kek_id="0" * 12),
    ],
)
def test_what_was_changed_does_not_open(changed: Sealed) -> None:
    with pytest.raises(VaultError) as refused:
        VAULT.open(changed, PLACE)
    assert KEY.get_secret_value() not in str(refused.value)


def test_a_change_of_the_platforms_secret() -> None:
    before = Vault([OLD]).seal(KEY, PLACE)
    during = Vault([NEW, OLD])
    assert during.open(before, PLACE) == KEY
    after = during.rewrap(before, PLACE)
    assert after.kek_id == VAULT.present != before.kek_id
    assert after.ciphertext == before.ciphertext
    assert VAULT.open(after, PLACE) == KEY
    with pytest.raises(VaultError, match="neither that of PLATFORM_SECRET_KEY"):
        VAULT.open(before, PLACE)

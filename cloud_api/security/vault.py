"""Envelope encryption of the keys that users entrust to the cloud.

Each row has a random 256-bit data key of its own, with which AES-256-GCM encrypts the secret; the
data key is wrapped (AES-256-GCM again) by a key-encryption key that HKDF derives from the
platform's secret. Both bind the ciphertext to its place: version, owner, provider and row are
authenticated, so a row that was moved to another user, or whose parts were swapped, fails to
decrypt. When the platform's secret changes, data keys are wrapped anew; secrets are not touched.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from cloud_api.security.derivation import derive_key, key_id

VERSION = 1
PURPOSE = "wrapping keys of users"
_NONCE_BYTES = 12


class VaultError(Exception):
    """Something sealed cannot be opened; the message says why, and nothing of what it holds."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something sealed belongs: nowhere else can it be opened."""

    user: UUID
    provider: str
    row: UUID

    def authenticated(self, version: int, part: str) -> bytes:
        """What is authenticated with the ciphertext: version|user|provider|row|part."""
        return f"{version}|{self.user}|{self.provider}|{self.row}|{part}".encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret as it is stored; nonces stand before their ciphertexts."""

    version: int
    kek_id: str
    wrapped_key: bytes
    ciphertext: bytes


class Vault:
    """Seals with the key of the first secret, opens with those of all."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keks = {key_id(secret, PURPOSE): derive_key(secret, PURPOSE) for secret in secrets}
        self.present = key_id(secrets[0], PURPOSE)

    def knows(self, kek_id: str) -> bool:
        """Whether what was sealed with this key can be opened."""
        return kek_id in self._keks

    def seal(self, secret: SecretStr, place: Place) -> Sealed:
        """Encrypt a secret for its place."""
        data_key = AESGCM.generate_key(256)
        plain = secret.get_secret_value().encode()
        return Sealed(
            version=VERSION,
            kek_id=self.present,
            wrapped_key=self._wrap(data_key, place),
            ciphertext=_encrypt(data_key, plain, place.authenticated(VERSION, "secret")),
        )

    def open(self, sealed: Sealed, place: Place) -> SecretStr:
        """The secret. Raises `VaultError` when it was moved, changed, or its key is unknown."""
        data_key = self._unwrap(sealed, place)
        plain = _decrypt(data_key, sealed.ciphertext, place.authenticated(sealed.version, "secret"))
        return SecretStr(plain.decode())

    def rewrap(self, sealed: Sealed, place: Place) -> Sealed:
        """The same with its data key wrapped by the present key. Raises `VaultError`."""
        data_key = self._unwrap(sealed, place)
        return replace(sealed, kek_id=self.present, wrapped_key=self._wrap(data_key, place))

    def _wrap(self, data_key: bytes, place: Place) -> bytes:
        return _encrypt(self._keks[self.present], data_key, place.authenticated(VERSION, "key"))

    def _unwrap(self, sealed: Sealed, place: Place) -> bytes:
        if sealed.version != VERSION:
            raise VaultError(f"it was sealed in a form of version {sealed.version}")
        kek = self._keks.get(sealed.kek_id)
        if kek is None:
            raise VaultError(
                f"it was sealed with the key {sealed.kek_id}, which is neither that of "
                "PLATFORM_SECRET_KEY nor that of PLATFORM_PREVIOUS_SECRET_KEY"
            )
        return _decrypt(kek, sealed.wrapped_key, place.authenticated(sealed.version, "key"))


def _encrypt(key: bytes, plain: bytes, authenticated: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, authenticated)


def _decrypt(key: bytes, sealed: bytes, authenticated: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], authenticated)
    except (InvalidTag, ValueError):
        raise VaultError("it was changed or does not belong here") from None

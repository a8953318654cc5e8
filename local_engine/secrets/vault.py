"""A file of secrets that a passphrase encrypts: Argon2id (RFC 9106), then AES-256-GCM."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path

from local_engine.runtime.private_files import write_private

VERSION = 1
_SALT_BYTES = 16
_NONCE_BYTES = 12
_KEY_BYTES = 32
# RFC 9106, section 4, the second recommended choice: 64 MiB, three passes, four lanes.
_COST = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 4}
_MOST = {"time_cost": 10, "memory_cost": 1024 * 1024, "parallelism": 16}


class WrongPassphrase(Exception):
    """The passphrase does not open the file, or the file was changed."""


class VaultFile:
    """The file, once it is open; every change is written at once, under a new nonce."""

    def __init__(self, path: Path, key: bytes, head: Mapping[str, object]) -> None:
        """Made by `create` and `unlock` only."""
        self._path = path
        self._key = key
        self._head = dict(head)

    @classmethod
    def create(cls, path: Path, passphrase: str) -> VaultFile:
        """A new, empty file. Raises `FileExistsError`, `OSError`."""
        if path.exists():
            raise FileExistsError(path)
        salt = os.urandom(_SALT_BYTES)
        head = {"version": VERSION, "salt": b64encode(salt).decode(), **_COST}
        vault = cls(path, _key(passphrase, salt, _COST), head)
        vault.write({})
        return vault

    @classmethod
    def unlock(cls, path: Path, passphrase: str) -> tuple[VaultFile, dict[str, str]]:
        """An existing file and what is in it. Raises `WrongPassphrase`, `OSError`."""
        head, nonce, sealed = _parts(path)
        salt, cost = b64decode(str(head["salt"])), {name: int(str(head[name])) for name in _COST}
        vault = cls(path, _key(passphrase, salt, cost), head)
        return vault, vault._open(nonce, sealed)

    def read(self) -> dict[str, str]:
        """What is in the file now: another process may have written it. Raises as `unlock` does."""
        head, nonce, sealed = _parts(self._path)
        if head != self._head:
            raise WrongPassphrase(f"{self._path} was made anew with another passphrase.")
        return self._open(nonce, sealed)

    def write(self, secrets: Mapping[str, str]) -> None:
        """Replace what is in the file, in one step. Raises `OSError`."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        plain = json.dumps(dict(secrets), ensure_ascii=False).encode()
        sealed = AESGCM(self._key).encrypt(nonce, plain, self._bound)
        document = {
            **self._head,
            "nonce": b64encode(nonce).decode(),
            "sealed": b64encode(sealed).decode(),
        }
        write_private(self._path, json.dumps(document, indent=1) + "\n")

    @property
    def _bound(self) -> bytes:
        """What is not secret but may not be changed either."""
        return json.dumps(self._head, sort_keys=True).encode()

    def _open(self, nonce: bytes, sealed: bytes) -> dict[str, str]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            plain = AESGCM(self._key).decrypt(nonce, sealed, self._bound)
        except (InvalidTag, ValueError):
            raise WrongPassphrase("The passphrase does not open the file of secrets.") from None
        return {str(name): str(value) for name, value in json.loads(plain).items()}


def _parts(path: Path) -> tuple[dict[str, object], bytes, bytes]:
    """What a file says in clear, its nonce, and what is sealed."""
    try:
        document = json.loads(path.read_text("utf-8"))
        cost = {name: int(document[name]) for name in _COST}
        if any(not 1 <= cost[name] <= _MOST[name] for name in _COST):
            raise ValueError("the file asks for too much work")
        b64decode(document["salt"])
        head = {"version": document["version"], "salt": document["salt"], **cost}
        return head, b64decode(document["nonce"]), b64decode(document["sealed"])
    except (KeyError, TypeError, ValueError) as error:
        raise WrongPassphrase(f"{path} is damaged: {error}") from error


def _key(passphrase: str, salt: bytes, cost: Mapping[str, int]) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        passphrase.encode(), salt, hash_len=_KEY_BYTES, type=Type.ID, **dict(cost)
    )

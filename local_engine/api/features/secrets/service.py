"""Where secrets are: the system's key store, an encrypted file, or memory; never in clear."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from local_engine.api.features.secrets.keychain import SERVICE, KeyChain, find_key_chain
from local_engine.api.features.secrets.schemas import SecretStatus
from local_engine.api.features.secrets.vault import VaultFile, WrongPassphrase
from local_engine.api.problems import Problem
from local_engine.runtime.home import VARIABLE

MAX_SECRETS = 200
KEY_STORE = "BACKEND_GENERATOR_KEY_STORE"
"""`none` keeps the engine from using the system's key store."""


class Secrets:
    """The secrets of this user. Values leave by `get` only, which no route calls."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = home / "secrets.json"
        self._lock = threading.RLock()
        self._looked = False
        self._chain: KeyChain | None = None
        self._vault: VaultFile | None = None
        self._values: dict[str, str] = {}

    def status(self) -> SecretStatus:
        """Where they are, and which there are."""
        with self._lock:
            chain = self._key_chain
            if chain is not None:
                return SecretStatus(store="system", locked=False, names=chain.names())
            in_file = self._file.exists()
            locked = in_file and self._vault is None
            store = "file" if in_file else "memory"
            return SecretStatus.model_validate(
                {"store": store, "locked": locked, "names": sorted(self._values)}
            )

    def get(self, name: str) -> str | None:
        """The value of a secret. Raises `Problem` 423 while the file is locked."""
        with self._lock:
            if self._key_chain is not None:
                return self._key_chain.get(name)
            self._require_open()
            return self._values.get(name)

    def put(self, name: str, value: str) -> None:
        """Keep a secret. Raises `Problem` 423 while the file is locked."""
        with self._lock:
            if self._key_chain is not None:
                self._key_chain.put(name, value)
                return
            self._require_open()
            if len(self._values) >= MAX_SECRETS and name not in self._values:
                raise Problem(409, "too-many-secrets", f"There are {MAX_SECRETS} secrets already.")
            self._store({**self._values, name: value})

    def remove(self, name: str) -> None:
        """Forget a secret. Raises `Problem`: 423 for a locked file, 404 for an unknown name."""
        with self._lock:
            if name not in self.status().names:
                self._require_open()
                raise Problem(404, "no-such-secret", f"There is no secret {name}.")
            if self._key_chain is not None:
                self._key_chain.remove(name)
                return
            self._store({key: value for key, value in self._values.items() if key != name})

    def unlock(self, passphrase: str) -> None:
        """Open the encrypted file, or begin one with what is in memory now.

        Raises `Problem` 403 for a wrong passphrase, 409 where the system keeps the secrets.
        """
        with self._lock:
            if self._key_chain is not None:
                raise Problem(
                    409, "system-store", "The operating system keeps the secrets; no file is used."
                )
            if self._file.exists():
                self._open(passphrase)
            else:
                self._vault = VaultFile.create(self._file, passphrase)
                self._vault.write(self._values)

    def lock(self) -> None:
        """Close the encrypted file; its secrets leave the memory."""
        with self._lock:
            if self._vault is not None:
                self._vault, self._values = None, {}

    def _open(self, passphrase: str) -> None:
        try:
            self._vault, self._values = VaultFile.unlock(self._file, passphrase)
        except WrongPassphrase as error:
            raise Problem(403, "wrong-passphrase", str(error)) from None

    def _store(self, values: dict[str, str]) -> None:
        if self._vault is not None:
            self._vault.write(values)
        self._values = values

    def _require_open(self) -> None:
        if self._key_chain is None and self._file.exists() and self._vault is None:
            raise Problem(423, "locked", "The secrets are locked. Unlock them by their passphrase.")

    @property
    def _key_chain(self) -> KeyChain | None:
        if not self._looked:
            self._looked = True
            if os.environ.get(KEY_STORE) != "none":
                self._chain = find_key_chain(_service_name(self._home))
        return self._chain


def _service_name(home: Path) -> str:
    """A data folder of one's own has secrets of its own."""
    if not os.environ.get(VARIABLE):
        return SERVICE
    return f"{SERVICE}-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"

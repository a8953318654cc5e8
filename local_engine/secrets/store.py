"""Where secrets are: the system's key store, an encrypted file, or memory; never in clear."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local_engine.runtime.file_lock import file_lock
from local_engine.runtime.home import VARIABLE
from local_engine.secrets.keychain import SERVICE, KeyChain, find_key_chain
from local_engine.secrets.vault import VaultFile, WrongPassphrase

MAX_SECRETS = 200
KEY_STORE = "BACKEND_GENERATOR_KEY_STORE"
"""`none` keeps the engine from using the system's key store."""
UNLOCKED_BY = "BACKEND_GENERATOR_PASSPHRASE"
"""Opens the encrypted file, or begins one, where the system has no key store: for servers."""
MIN_PASSPHRASE = 8
ONCE = "once."
ONCE_SECONDS = 3600.0
MAX_ONCE = 50


class SecretsRefused(Exception):
    """It cannot be done: `code` says why to programs, the message to people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class SecretsState:
    """Where secrets are, whether they have to be unlocked first, and the names of all of them."""

    store: Literal["system", "file", "memory"]
    locked: bool
    names: tuple[str, ...]


class Secrets:
    """The secrets of this user. Values leave by `get` only, which no route calls.

    Several processes may keep theirs in one key store or one file.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = home / "secrets.json"
        self._lock = threading.RLock()
        self._looked = False
        self._chain: KeyChain | None = None
        self._vault: VaultFile | None = None
        self._values: dict[str, str] = {}
        self._once: dict[str, tuple[str, float]] = {}

    def status(self) -> SecretsState:
        """Where they are, and which there are."""
        with self._lock:
            chain = self._key_chain
            if chain is not None:
                return SecretsState("system", False, tuple(chain.names()))
            with suppress(SecretsRefused):  # then it is locked
                self._see_file()
            in_file = self._file.exists()
            locked = in_file and self._vault is None
            return SecretsState(
                "file" if in_file else "memory", locked, tuple(sorted(self._values))
            )

    def get(self, name: str) -> str | None:
        """The value of a secret. Raises `SecretsRefused` while the file is locked."""
        with self._lock:
            if name.startswith(ONCE):
                return self._passed(name)
            if self._key_chain is not None:
                return self._key_chain.get(name)
            self._require_open()
            return self._values.get(name)

    def pass_on(self, value: str) -> str:
        """Keep a value in memory for an hour, for one job to come; gives the name to ask for it."""
        with self._lock:
            name = f"{ONCE}{secrets.token_hex(16)}"
            self._once[name] = (value, time.monotonic() + ONCE_SECONDS)
            for old in list(self._once)[:-MAX_ONCE]:
                del self._once[old]
            return name

    @property
    def lasting(self) -> bool:
        """Whether what is put now outlives this process, or will once the file is unlocked."""
        chosen = bool(os.environ.get(UNLOCKED_BY))
        return self._key_chain is not None or self._file.exists() or chosen

    def put(self, name: str, value: str) -> None:
        """Keep a secret. Raises `SecretsRefused` while the file is locked."""
        with self._changing():
            if self._key_chain is not None:
                self._key_chain.put(name, value)
                return
            self._require_open()
            if len(self._values) >= MAX_SECRETS and name not in self._values:
                raise SecretsRefused(
                    "too-many-secrets", f"There are {MAX_SECRETS} secrets already."
                )
            self._store({**self._values, name: value})

    def remove(self, name: str) -> None:
        """Forget a secret. Raises `SecretsRefused`: a locked file, an unknown name."""
        with self._changing():
            if name not in self.status().names:
                self._require_open()
                raise SecretsRefused("no-such-secret", f"There is no secret {name}.")
            if self._key_chain is not None:
                self._key_chain.remove(name)
                return
            self._store({key: value for key, value in self._values.items() if key != name})

    def unlock(self, passphrase: str) -> None:
        """Open the encrypted file, or begin one with what is in memory now.

        Raises `SecretsRefused` for a wrong passphrase, and where the system keeps the secrets.
        """
        with self._lock:
            if self._key_chain is not None:
                raise SecretsRefused(
                    "system-store", "The operating system keeps the secrets; no file is used."
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

    def _passed(self, name: str) -> str | None:
        value, until = self._once.get(name, (None, 0.0))
        return value if time.monotonic() < until else None

    def _open(self, passphrase: str) -> None:
        try:
            self._vault, self._values = VaultFile.unlock(self._file, passphrase)
        except WrongPassphrase as error:
            raise SecretsRefused("wrong-passphrase", str(error)) from None

    def _store(self, values: dict[str, str]) -> None:
        if self._vault is not None:
            self._vault.write(values)
        self._values = values

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Nobody else changes anything meanwhile: every change writes all that there is."""
        with self._lock:
            if self._key_chain is None and os.environ.get(UNLOCKED_BY) and not self._file.exists():
                self._begin_file()
            if self._key_chain is None and not self._file.exists():
                yield
                return
            with file_lock(self._home / "secrets.lock"):
                yield

    def _begin_file(self) -> None:
        passphrase = os.environ[UNLOCKED_BY]
        if len(passphrase) < MIN_PASSPHRASE:
            raise SecretsRefused(
                "wrong-passphrase", f"{UNLOCKED_BY} needs {MIN_PASSPHRASE} characters or more."
            )
        with file_lock(self._home / "secrets.lock"):
            if not self._file.exists():
                self.unlock(passphrase)

    def _see_file(self) -> None:
        """Take in what another process has written; open the file if the environment can."""
        if not self._file.exists():
            return
        if self._vault is None and (passphrase := os.environ.get(UNLOCKED_BY)):
            self._open(passphrase)
        elif self._vault is not None:
            try:
                self._values = self._vault.read()
            except WrongPassphrase as error:
                self.lock()
                raise SecretsRefused("locked", str(error)) from None

    def _require_open(self) -> None:
        if self._key_chain is None:
            self._see_file()
        if self._key_chain is None and self._file.exists() and self._vault is None:
            raise SecretsRefused(
                "locked", "The secrets are locked. Unlock them by their passphrase."
            )

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

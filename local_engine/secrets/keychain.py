"""The operating system's key store, where there is a real one."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "backend-generator"
_NAMES = "names"

# Others (of further packages) may keep secrets in clear.
_TRUSTED = ("macOS", "Windows", "SecretService", "libsecret", "kwallet")


class KeyChain:
    """Secrets in the system's key store; their names are kept there as well, as one more entry."""

    def __init__(self, backend: KeyringBackend, service: str = SERVICE) -> None:
        self._backend = backend
        self._service = service

    def names(self) -> list[str]:
        """The names of all secrets."""
        found = self._backend.get_password(self._service, _NAMES)
        return sorted(json.loads(found)) if found else []

    def get(self, name: str) -> str | None:
        """The value of a secret."""
        return self._backend.get_password(self._service, _key(name))

    def put(self, name: str, value: str) -> None:
        """Keep a secret."""
        self._backend.set_password(self._service, _key(name), value)
        self._write_names({*self.names(), name})

    def remove(self, name: str) -> None:
        """Forget a secret."""
        from keyring.errors import PasswordDeleteError

        self._write_names({*self.names()} - {name})
        with contextlib.suppress(PasswordDeleteError):
            self._backend.delete_password(self._service, _key(name))

    def _write_names(self, names: set[str]) -> None:
        self._backend.set_password(self._service, _NAMES, json.dumps(sorted(names)))


def find_key_chain(service: str = SERVICE) -> KeyChain | None:
    """The system's key store, if there is one that can be used now.

    It is asked for one entry: a store that is there but cannot be opened (no session, no desktop)
    counts as none.
    """
    import keyring

    backend = keyring.get_keyring()
    candidates = [backend, *getattr(backend, "backends", ())]
    for candidate in candidates:
        module = type(candidate).__module__
        if any(module == f"keyring.backends.{name}" for name in _TRUSTED):
            with contextlib.suppress(Exception):  # each system has errors of its own
                candidate.get_password(service, _NAMES)
                return KeyChain(candidate, service)
    return None


def _key(name: str) -> str:
    return f"secret:{name}"

"""The account of this engine's user: opened with the first question, refused as problems."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.api.problems import Problem
from local_engine.jobs.settings import SettingsStore
from local_engine.secrets import Secrets

if TYPE_CHECKING:
    from local_engine.account import Account, CloudError

_AWAY = 503
_STATUSES = {
    "cloud-unreachable": _AWAY,
    "cloud-slow": _AWAY,
    "cloud-not-understood": _AWAY,
    "cloud-redirects": _AWAY,
    "cloud-busy": _AWAY,
    "locked": 423,
    "wrong-passphrase": 423,
}
_PASSED_ON = (404, 409, 422, 429)


class Accounts:
    """The account at the address in force; another address has another sign-in."""

    def __init__(self, home: Path, secrets: Secrets, settings: SettingsStore) -> None:
        self._home = home
        self._secrets = secrets
        self._settings = settings
        self._lock = threading.Lock()
        self._opened: Account | None = None

    def open(self) -> Account:
        """The account. Raises `CloudError` where the address is none."""
        from local_engine.account import Account, cloud_address

        address = cloud_address(self._settings.read().cloud_url or None)
        with self._lock:
            if self._opened is None or self._opened.address != address:
                # The one before may be at work for somebody: it closes when nobody has it.
                self._opened = Account(self._home, self._secrets, address)
            return self._opened


@contextmanager
def refusing() -> Iterator[None]:
    """What the cloud, or the way to it, refuses, as problems."""
    from local_engine.account import CloudError

    try:
        yield
    except CloudError as error:
        raise _problem(error) from None


def _problem(error: CloudError) -> Problem:
    """401 and 403 are this engine's own words for its callers, so the cloud's become 409."""
    status = _STATUSES.get(error.code) or error.status or 409
    if status not in (*_PASSED_ON, *_STATUSES.values()):
        status = 409 if status < 500 else 502
    detail = f"{error.message} {error.hint}".strip()
    errors = [one.model_dump() for one in error.errors]
    return Problem(status, error.code, detail, errors=errors)

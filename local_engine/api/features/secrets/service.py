"""What the store of secrets says and refuses, as answers and problems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from local_engine.api.features.secrets.schemas import SecretStatus
from local_engine.api.problems import Problem
from local_engine.secrets import Secrets, SecretsRefused

_STATUSES = {
    "locked": 423,
    "no-such-secret": 404,
    "too-many-secrets": 409,
    "system-store": 409,
    "wrong-passphrase": 403,
}


@contextmanager
def refusing() -> Iterator[None]:
    """What the store refuses, as problems."""
    try:
        yield
    except SecretsRefused as refusal:
        raise Problem(_STATUSES[refusal.code], refusal.code, str(refusal)) from None


def status(secrets: Secrets) -> SecretStatus:
    """Where secrets are, and which there are."""
    found = secrets.status()
    return SecretStatus(store=found.store, locked=found.locked, names=list(found.names))

"""The tokens of a sign-in, kept with the user's secrets: one sign-in an address of the cloud."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from local_engine.account.errors import CloudError, SignedOut
from local_engine.contracts.accounts import Tokens
from local_engine.runtime.file_lock import LockTimeoutError, file_lock
from local_engine.secrets import Secrets, SecretsRefused

_EARLY_SECONDS = 30.0
_LOCK = "cloud-session.lock"


class SignIn(BaseModel):
    """A sign-in: who, and the newest tokens. Small: Windows keeps 1,280 characters a secret."""

    model_config = ConfigDict(frozen=True)

    email: str
    access_token: str
    refresh_token: str
    expires_at: float
    """When the access token ends, in seconds of the epoch by this machine's clock."""

    @property
    def fresh(self) -> bool:
        """Whether the access token is good for a moment yet."""
        return time.time() < self.expires_at - _EARLY_SECONDS

    @classmethod
    def of(cls, email: str, tokens: Tokens) -> SignIn:
        """What the cloud has just given."""
        return cls(
            email=email,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=time.time() + tokens.expires_in,
        )


class SignIns:
    """The sign-in at one address of the cloud, shared by all processes of this user's engine."""

    def __init__(self, home: Path, secrets: Secrets, address: str) -> None:
        self._home = home
        self._secrets = secrets
        # A slash is in no name that the engine's API takes: only this part asks for it.
        self._name = f"cloud/{hashlib.sha256(address.encode()).hexdigest()[:16]}"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else signs in, signs out or renews meanwhile. Raises `CloudError`."""
        try:
            with file_lock(self._home / _LOCK):
                yield
        except LockTimeoutError as error:
            raise CloudError("cloud-busy", str(error)) from None

    def get(self) -> SignIn:
        """The sign-in. Raises `SignedOut` where there is none, `CloudError` while it is locked."""
        found = self.find()
        if found is None:
            raise SignedOut("Nobody is signed in.")
        return found

    def find(self) -> SignIn | None:
        """The sign-in; one that cannot be read counts as none. Raises `CloudError`."""
        with _refusing():
            kept = self._secrets.get(self._name)
        if kept is None:
            return None
        try:
            return SignIn.model_validate_json(kept)
        except ValidationError:
            return None

    def put(self, sign_in: SignIn) -> None:
        """Keep a sign-in in place of the one before. Raises `CloudError`."""
        with _refusing():
            self._secrets.put(self._name, sign_in.model_dump_json())

    def forget(self) -> None:
        """Forget the sign-in, if there is one."""
        with _refusing():
            if self._secrets.get(self._name) is not None:
                self._secrets.remove(self._name)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except SecretsRefused as refusal:
        raise CloudError(refusal.code, str(refusal)) from None

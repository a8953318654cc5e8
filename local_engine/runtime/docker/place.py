"""What is kept on this machine for a project's deployment: secrets, port, and a deploy's journal.

What exists in the engine is not written down here: the engine is asked.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.installation import installation_id
from local_engine.runtime.file_lock import LockTimeoutError, file_lock
from local_engine.runtime.home import engine_home
from local_engine.runtime.identity import read_identity
from local_engine.runtime.private_files import (
    make_private_folder,
    read_or_create_secret,
    write_private,
)

ASIDE = "-verification"
"""What the key of a project's verification ends with, beside that of its deployment."""

_LOCK, _IN_USE = "lock", "in-use"
_WORD_LENGTH = 40
_DIGEST_LENGTH = 8


def project_key(project: Path) -> str:
    """Who a project is: the id that its folder keeps, or one of its path where there is none."""
    known = read_identity(project)
    return known or hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:32]


def name_of(project: Path) -> str:
    """A word for a project from its folder's name, fit for names in an engine."""
    word = re.sub(r"[^a-z0-9]+", "-", project.resolve().name.lower()).strip("-")
    return word[:_WORD_LENGTH].strip("-") or "project"


@dataclass(frozen=True)
class Journal:
    """A deploy that has begun: its id, and whether the project ran before.

    Once it is `committed` it is not taken back any more: what it replaced is being removed.
    """

    deploy: str
    ran: bool
    committed: bool = False


class DeploymentPlace:
    """The engine's private folder for the deployment of one project."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._journal = path / "unfinished.json"
        self._port = path / "port"

    @classmethod
    def of(cls, project: str) -> Self:
        """The folder for the project with this key, made if need be."""
        return cls(make_private_folder(_all() / project))

    @classmethod
    def is_known(cls, project: str) -> bool:
        """Whether the project with this key was ever deployed."""
        return (_all() / project).is_dir()

    @classmethod
    def unfinished(cls) -> Iterator[Self]:
        """Those in which a deploy has begun and not ended."""
        if _all().is_dir():
            for path in sorted(_all().glob("*/unfinished.json")):
                yield cls(path.parent)

    @classmethod
    def asides(cls) -> Iterator[Self]:
        """Those of verifications, running or killed."""
        if _all().is_dir():
            for path in sorted(_all().glob(f"*{ASIDE}")):
                yield cls(path)

    @property
    def project(self) -> str:
        """The project's key."""
        return self.path.name

    @contextlib.contextmanager
    def in_use(self, timeout_seconds: float = 0.0) -> Iterator[None]:
        """Say that a verification needs what is deployed. Raises `LockTimeoutError`."""
        with file_lock(self.path / _IN_USE, timeout_seconds):
            yield

    def prefix(self, word: str) -> str:
        """What the names of all that belongs to the deployment begin with."""
        whose = f"{installation_id()}/{self.project}"
        return f"{word}-{hashlib.sha256(whose.encode()).hexdigest()[:_DIGEST_LENGTH]}"

    @property
    def superuser_password(self) -> str:
        """The password of PostgreSQL's superuser, made at the first call."""
        return read_or_create_secret(self.path / "superuser_password")

    @property
    def database_password(self) -> str:
        """The password of the database's owner, made at the first call."""
        return read_or_create_secret(self.path / "database_password")

    @property
    def secret_key(self) -> str:
        """The key that the service signs tokens with, made at the first call."""
        return read_or_create_secret(self.path / "secret_key")

    def forget(self) -> None:
        """Remove all but the lock, which others may wait for: what it was about is gone."""
        for path in self.path.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in (_LOCK, _IN_USE):
                path.unlink()

    @property
    def last_port(self) -> int | None:
        """The port on 127.0.0.1 that it had when it was last deployed."""
        try:
            return int(self._port.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    @last_port.setter
    def last_port(self, port: int) -> None:
        write_private(self._port, f"{port}\n")

    @property
    def journal(self) -> Journal | None:
        """The deploy that has begun, if one has."""
        try:
            return Journal(**json.loads(self._journal.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    @journal.setter
    def journal(self, journal: Journal | None) -> None:
        if journal is None:
            self._journal.unlink(missing_ok=True)
        else:
            write_private(self._journal, json.dumps(asdict(journal)))

    @contextlib.contextmanager
    def locked(self, timeout_seconds: float) -> Iterator[None]:
        """Keep all others from changing the deployment. Raises `LockTimeoutError`."""
        with file_lock(self.path / _LOCK, timeout_seconds):
            yield

    @contextlib.contextmanager
    def changing(self, timeout_seconds: float) -> Iterator[None]:
        """The same; who waits in vain is told why. Raises `DeploymentError`."""
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(self.locked(timeout_seconds))
            except LockTimeoutError:
                raise DeploymentError(
                    f"Another process has changed this deployment for {timeout_seconds:.0f} s.\n"
                    "Wait until it is done, or call it off, then repeat this."
                ) from None
            yield

    def is_free(self) -> bool:
        """Whether nobody changes the deployment now."""
        try:
            with self.locked(0.0):
                return True
        except LockTimeoutError:
            return False


@contextlib.contextmanager
def shared_locked() -> Iterator[None]:
    """Keep all others from making or removing what deployments share."""
    with file_lock(make_private_folder(_all()) / "shared.lock"):
        yield


def _all() -> Path:
    return engine_home() / "deployments"

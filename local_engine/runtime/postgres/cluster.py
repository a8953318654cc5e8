"""The server's files on disk: where they lie, and how they are made the first time.

All of it is in one private folder: `storage/data` (the data itself), the superuser's password,
one password a role, the port and the log. When root asks for a folder that the unprivileged
account cannot reach (below `/root`, say), `storage` is a link to a place under `/var/lib`: opening
the folders above to everyone would be worse.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path

from local_engine.runtime.postgres import process
from local_engine.runtime.postgres.account import Account, named_account
from local_engine.runtime.postgres.binaries import program, shared_state_folder
from local_engine.runtime.postgres.databases import SCRAM_ITERATIONS
from local_engine.runtime.private_files import make_private_folder, read_or_create_secret

SUPERUSER = "postgres"

# Text compares by code point, whatever the machine's language: what the Blueprint says.
_INITDB = [
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=scram-sha-256",
    f"--set=scram_iterations={SCRAM_ITERATIONS}",
    f"--username={SUPERUSER}",
    "--no-instructions",
]

_NAMELESS = "could not look up effective user ID"
_ADVICE_NAME = "Give the user that runs this a name (a line in /etc/passwd)"
_ADVICE = "Check that the disk has room and the folder can be written"


class ClusterError(Exception):
    """The server's files could not be made; the message says why."""


class Cluster:
    """The files of one server, in one private folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = folder / "lock"
        self.log = folder / "postgresql.log"
        self.port = folder / "port"
        self._superuser = folder / "superuser"
        self._roles = folder / "roles"
        self._storage = folder / "storage"

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder, without links in its path."""
        return self._storage.resolve() / "data"

    @property
    def superuser_password(self) -> str:
        """The superuser's password, made at the first call."""
        return read_or_create_secret(self._superuser)

    def role_password(self, role: str) -> str:
        """The password of a role, made at the first call for it."""
        return read_or_create_secret(make_private_folder(self._roles) / role)

    def forget_role(self, role: str) -> None:
        """Remove the password of a role that is no more."""
        (self._roles / role).unlink(missing_ok=True)

    def initialise(self, account: Account | None, *, durable: bool) -> None:
        """Make the data folder, complete or not at all. Raises `ClusterError`."""
        if self.data.exists():
            return
        storage = self._make_storage(account)
        unfinished = storage / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # initdb runs as an account with a name; its work then goes to the one that has none.
        maker = account and named_account()
        unfinished.mkdir(mode=0o700)
        password = storage / "password"
        password.touch(mode=0o600)
        password.write_text(self.superuser_password, encoding="utf-8")
        try:
            if maker is not None:
                maker.own(self.folder, storage, unfinished, password)
            self._run_initdb(unfinished, password, maker, durable=durable)
        finally:
            password.unlink()
            if account is not None:
                account.own(self.folder, storage)
        if account is not None:
            account.own_tree(unfinished)
        unfinished.rename(self.data)

    def remove(self) -> None:
        """Delete everything; the server must not be running."""
        if self._storage.is_symlink():
            shutil.rmtree(self._storage.resolve(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_storage(self, account: Account | None) -> Path:
        if not self._storage.exists():
            self._storage.unlink(missing_ok=True)  # a link to what was deleted
            if account is None or account.can_reach(self.folder):
                self._storage.mkdir(mode=0o700)
            else:
                place = shared_state_folder() / f"postgresql-data-{secrets.token_hex(8)}"
                place.mkdir(mode=0o700)
                self._storage.symlink_to(place, target_is_directory=True)
        return self._storage.resolve()

    def _run_initdb(
        self, data: Path, password: Path, account: Account | None, *, durable: bool
    ) -> None:
        command = [str(program("initdb", account)), "-D", str(data), f"--pwfile={password}"]
        command += _INITDB + ([] if durable else ["--no-sync"])
        identity = {} if account is None else account.identity
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=data.anchor,
            env=process.environment(),
            start_new_session=True,  # Ctrl-C is for who waits for it
            check=False,
            **identity,
        )
        if done.returncode != 0:
            raise ClusterError(
                f"The database folder {data} could not be made: {done.stderr.strip()}\n"
                f"{_ADVICE_NAME if _NAMELESS in done.stderr else _ADVICE}, then try again."
            )

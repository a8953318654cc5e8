"""What the verifier may do to a running project, carried out on a preview of its own.

The user's preview and its data are not touched: the service runs as a second process, on an empty
database of a server that belongs to this verification alone.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from local_engine.runtime.events import OnEvent, ignore, stage
from local_engine.runtime.guarding.forking import Forks, ForkServerEnded
from local_engine.runtime.guarding.process import start_guard
from local_engine.runtime.ports import other_loopback
from local_engine.runtime.postgres import PostgresServer
from local_engine.runtime.postgres.contents import Contents
from local_engine.runtime.preview.commands import run_command
from local_engine.runtime.preview.environment import (
    check_project,
    service_environment,
)
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.preview.service import Service, start_ready
from local_engine.runtime.preview.verification import (
    DATABASE,
    TEMPLATE,
    clear,
    verification_server,
)
from local_engine.runtime.readiness import wait_until_ready

_READY_TIMEOUT_SECONDS = 15.0

Row = dict[str, Any]


@dataclass(frozen=True)
class Accounts:
    """Accounts that were made in one copy of a project, as all rows that its database then held."""

    users: list[dict[str, object]]
    ids: dict[str, str]
    contents: Contents


class PreviewControls:
    """A project that runs for its verification. Made by `verification_controls`.

    Methods raise `PreviewError`, `PostgresError` or `psycopg.Error` when they cannot do their work.
    """

    def __init__(
        self,
        project: Path,
        server: PostgresServer,
        forks: Forks | None = None,
        *,
        fork_first: bool = False,
    ) -> None:
        """`forks` starts the service again and runs its commands, if given; `fork_first` also
        its first start, which is from nothing otherwise, as everybody's first start will be.
        """
        self.project = project
        self._forks = forks
        self._fork_next = fork_first
        self.secret_key = secrets.token_hex(32)
        self.other_address = other_loopback()
        self._server = server
        self._database = server.create_database(DATABASE)
        self._settings: dict[str, str] = {}
        self._lines: list[str] = []
        self._service: Service | None = None
        self._owner: psycopg.Connection[DictRow] | None = None
        self._contents: Contents | None = None
        self._made: tuple[list[dict[str, object]], dict[str, str]] | None = None
        self._expected: Accounts | None = None

    @property
    def base_url(self) -> str:
        """Where the service answers, without a slash at the end."""
        return self._present_service.url

    @property
    def pid(self) -> int:
        """The service's process id."""
        return self._present_service.pid

    def start(self) -> None:
        """Start the service and wait until it is ready."""
        wish = None if self._service is None else self._service.port
        self._service = start_ready(self._start_service, lambda: self._lines, wish=wish)

    def close(self) -> None:
        """Stop the service and remove its databases."""
        if self._service is not None:
            self._service.stop(kill=True)
        self._disconnect()
        self._server.start()  # it may be stopped, and the next verification shall find nothing
        clear(self._server)

    def create_users(self, users: Sequence[Mapping[str, object]]) -> dict[str, str]:
        """Create or update users by the project's own command; gives the id of each e-mail."""
        asked = [dict(user) for user in users]
        known, self._expected = self._expected, None
        if known and known.users == asked and self._have(known.contents):
            return known.ids
        answer = json.loads(self._command("users", standard_input=json.dumps({"users": asked})))
        ids = {str(user["email"]): str(user["id"]) for user in answer["users"]}
        self._made = asked, ids
        return ids

    def accounts(self) -> Accounts | None:
        """What `create_users` made last, as the template keeps it; None if it has no such rows."""
        if self._made is None or self._contents is None:
            return None
        return Accounts(*self._made, self._contents)

    def expect_accounts(self, accounts: object) -> None:
        """When just these users are to be created next, put the rows of another copy in place."""
        self._expected = accounts if isinstance(accounts, Accounts) else None

    def migrate(self, *arguments: str) -> str:
        """Run `python -m app migrate ARGUMENTS` and give what it prints."""
        return self._command("migrate", *arguments)

    def save_template(self) -> None:
        """Make the present content of the database the template that `reset` brings back."""
        self._contents = self._server.read_contents(DATABASE)
        if self._contents is None:  # it holds more than rows
            self._copy(DATABASE, TEMPLATE)

    def reset(self) -> None:
        """Make the database what the template is; the service keeps running.

        Where no more than rows has changed, they are put back; else the database is made anew.
        """
        if self._contents is None:
            self._copy(TEMPLATE, DATABASE)
        elif not self._have(self._contents):
            self._make_anew(self._contents)

    def restart(self, *, kill: bool = False) -> None:
        """Stop the service (SIGTERM, or SIGKILL if `kill`), start it again, wait until ready."""
        self._present_service.stop(kill=kill)
        self.start()

    def stop_database(self) -> None:
        """Make the database unreachable for the service, by stopping its server."""
        self._disconnect()
        self._server.stop()

    def start_database(self) -> None:
        """Undo `stop_database`. The service finds the way back by itself, or not."""
        self._server.start()
        database = self._server.create_database(DATABASE)
        if database.url != self._database.url:  # somebody took the server's port meanwhile
            self._database = database
            self.restart()

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement as the database's owner, in its own transaction, and give its rows."""
        # Constants of the verifier, not input: only parameters carry values.
        cursor = self._owner_connection().execute(sql.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def hold_lock(self, sql: str) -> Iterator[None]:
        """Keep a transaction open that ran `sql` (such as `SELECT ... FOR UPDATE`)."""
        with contextlib.closing(psycopg.connect(self._database.url)) as connection:
            connection.execute(sql.encode())
            yield
            connection.rollback()

    def logs(self) -> list[str]:
        """All lines that the service has written since it was started first."""
        return list(self._lines)

    @contextlib.contextmanager
    def with_settings(self, **env: str) -> Iterator[None]:
        """Run the service with these settings in place of its own, then with its own again."""
        before = self._settings
        self._settings = {**before, **env}
        try:
            self.restart()
            yield
        finally:
            self._settings = before
            self.restart()

    @property
    def _present_service(self) -> Service:
        if self._service is None:
            raise PreviewError("The service was not started yet.")
        return self._service

    def _start_service(self, port: int) -> Service:
        start = start_guard
        if self._forks and self._fork_next:
            start = partial(self._forks.fork_guard, self.project)
        self._fork_next = True
        try:
            return Service(
                self.project, self._environment(), port, on_output=self._on_output, start=start
            )
        except ForkServerEnded as error:
            raise PreviewError(str(error)) from None

    def _environment(self) -> dict[str, str]:
        return service_environment(
            database_url=self._database.url, secret_key=self.secret_key, settings=self._settings
        )

    def _on_output(self, line: bytes) -> None:
        self._lines.append(line.decode("utf-8", errors="replace").rstrip("\r\n"))

    def _command(self, *arguments: str, standard_input: str = "") -> str:
        return run_command(
            self.project,
            self._environment(),
            *arguments,
            standard_input=standard_input,
            forks=self._forks,
        )

    def _copy(self, source: str, target: str) -> None:
        self._disconnect()
        self._server.copy_database(source, target)
        self._wait_until_ready()

    def _have(self, contents: Contents) -> bool:
        """Put these rows in place of all that are there; whether that is possible."""
        return self._server.restore_contents(DATABASE, contents)

    def _make_anew(self, contents: Contents) -> None:
        self._disconnect()
        self._server.recreate_database(DATABASE)
        self.migrate()
        if not self._have(contents):
            raise PreviewError(
                "The migrations do not make the same schema again, so the rows cannot be put back."
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        service = self._present_service
        if not wait_until_ready(service.port, lambda: service.alive, _READY_TIMEOUT_SECONDS):
            raise PreviewError("The service did not become ready after its database was replaced.")

    def _owner_connection(self) -> psycopg.Connection[DictRow]:
        if self._owner is None or self._owner.closed:
            self._owner = psycopg.connect(self._database.url, autocommit=True, row_factory=dict_row)
        return self._owner

    def _disconnect(self) -> None:
        if self._owner is not None:
            self._owner.close()


@contextlib.contextmanager
def verification_controls(
    project: Path,
    *,
    server: PostgresServer | None = None,
    on_event: OnEvent = ignore,
    forks: Forks | None = None,
    fork_first: bool = False,
) -> Iterator[PreviewControls]:
    """Start the project in this folder for a verification; gone without a trace afterwards.

    `server` is a `verification_server` of the caller's, if there is one already.
    With `forks` the service is forked whenever it starts again, which is far quicker; with
    `fork_first` when it starts first, too.
    Raises `PreviewError` or `PostgresError` when it cannot be started.
    """
    path = check_project(project)
    with contextlib.ExitStack() as held:
        with stage(on_event, "database", "Start PostgreSQL"):
            server = server or held.enter_context(verification_server())
            controls = PreviewControls(path, server, forks, fork_first=fork_first)
        held.callback(controls.close)
        with stage(on_event, "migrate", "Bring the database up to date"):
            controls.migrate()
        with stage(on_event, "serve", "Start the service"):
            controls.start()
        yield controls

"""What the verifier may do to a running project, carried out on containers of its own."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from local_engine.runtime.docker.containers import stop
from local_engine.runtime.docker.deployment import Deployment
from local_engine.runtime.docker.errors import CommandFailed, DeploymentError
from local_engine.runtime.docker.executing import execute
from local_engine.runtime.docker.labels import Part
from local_engine.runtime.docker.place import DeploymentPlace
from local_engine.runtime.docker.readiness import wait_for_database, wait_for_service
from local_engine.runtime.docker.verifying.door import Door
from local_engine.runtime.docker.verifying.siblings import Siblings

if TYPE_CHECKING:
    from docker import APIClient

Row = dict[str, Any]
Redeploy = Callable[[Mapping[str, str]], Deployment]

_STOP_SECONDS = 15


@dataclass(frozen=True)
class Image:
    """An image: the user that it names (`root` if none), and its size in bytes."""

    user: str
    size: int


@dataclass(frozen=True)
class Stopped:
    """How the service ended: after how many seconds, and with which exit code."""

    seconds: float
    exit_code: int


class DockerControls:
    """A deployment for a verification. Fulfils the verifier's `Controls`.

    `redeploy` deploys it again with other settings. Methods raise `DeploymentError`,
    `psycopg.Error` or what the library `docker` raises when they cannot do their work.
    """

    def __init__(
        self,
        client: APIClient,
        project: Path,
        place: DeploymentPlace,
        door: Door,
        redeploy: Redeploy,
    ) -> None:
        self.project = project
        self.secret_key = place.secret_key
        self._client = client
        self._door = door
        self._redeploy = redeploy
        self._settings: dict[str, str] = {}
        self._before: list[str] = []
        self._deployment = redeploy({})
        self.siblings = Siblings(client, lambda: self.service)

    @property
    def base_url(self) -> str:
        """Where the service answers, without a slash at the end."""
        assert self._deployment.url is not None
        return self._deployment.url

    @property
    def image(self) -> Image:
        """The image that the service is made from."""
        service = self._client.inspect_container(self.service)
        found = self._client.inspect_image(service["Image"])  # type: ignore[no-untyped-call]
        return Image(str(found["Config"].get("User") or "root"), int(found["Size"]))

    @property
    def service_starts(self) -> str:
        """The moment at which the service was started last, by whomever."""
        return str(self._client.inspect_container(self.service)["State"]["StartedAt"])

    def create_users(self, users: Sequence[Mapping[str, object]]) -> dict[str, str]:
        """Create or update users by the project's own command; gives the id of each e-mail."""
        request = json.dumps({"users": [dict(user) for user in users]})
        answer = json.loads(self._command("users", standard_input=request))
        return {str(user["email"]): str(user["id"]) for user in answer["users"]}

    def migrate(self, *arguments: str) -> str:
        """Run `python -m app migrate ARGUMENTS` and give what it prints."""
        return self._command("migrate", *arguments)

    def save_template(self) -> None:
        """Make the present content of the database the template that `reset` brings back."""
        self._door.save()

    def reset(self) -> None:
        """Make the database what the template is; the service keeps running."""
        if not self._door.bring_back():
            self._door.make_anew()
            self.migrate()
            if not self._door.bring_back():
                raise DeploymentError(
                    "The migrations do not make the same schema again, "
                    "so the rows cannot be put back."
                )
        self._wait()

    def restart(self, *, kill: bool = False) -> None:
        """Stop the service (SIGTERM, or SIGKILL if `kill`), start it again, wait until ready."""
        service = self.service
        if kill:
            self._client.kill(service, "SIGKILL")
            self._client.wait(service)
        else:
            stop(self._client, service, _STOP_SECONDS)
        self._client.start(service)
        self._wait()

    def stop_service(self, seconds: int) -> Stopped:
        """Ask the service to end, and end it after so many seconds; `start_service` undoes it."""
        service = self.service
        began = time.monotonic()
        stop(self._client, service, seconds)
        code = int(self._client.inspect_container(service)["State"]["ExitCode"])
        return Stopped(time.monotonic() - began, code)

    def start_service(self) -> None:
        """Start the service that was stopped, and wait until it is ready."""
        self._client.start(self.service)
        self._wait()

    def kill_database(self) -> None:
        """End PostgreSQL as a failing machine would, and start it again."""
        self._door.close()
        database = self._container(Part.DATABASE)
        self._client.kill(database, "SIGKILL")
        self._client.wait(database)
        self.start_database()

    def empty_database(self) -> None:
        """Give the service a database without anything in it, not even a schema."""
        self._door.make_anew()

    def lines_of(self, container: str) -> list[str]:
        """All lines that a container has written."""
        said: bytes = self._client.logs(container)
        return said.decode("utf-8", errors="replace").splitlines()

    @property
    def service(self) -> str:
        """The id of the service's container."""
        return self._container(Part.SERVICE)

    def stop_database(self) -> None:
        """Make the database unreachable for the service, by stopping its container."""
        self._door.close()
        stop(self._client, self._container(Part.DATABASE), _STOP_SECONDS)

    def start_database(self) -> None:
        """Undo `stop_database`. The service finds the way back by itself, or not."""
        database = self._container(Part.DATABASE)
        self._client.start(database)
        wait_for_database(self._client, database, _go_on)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement as the database's owner, in its own transaction, and give its rows."""
        # Constants of the verifier, not input: only parameters carry values.
        cursor = self._door.owner().execute(sql.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def hold_lock(self, sql: str) -> Iterator[None]:
        """Keep a transaction open that ran `sql` (such as `SELECT ... FOR UPDATE`)."""
        with contextlib.closing(psycopg.connect(self._door.url)) as connection:
            connection.execute(sql.encode())
            yield
            connection.rollback()

    def logs(self) -> list[str]:
        """All lines that the service has written since it was started first."""
        return [*self._before, *self._present_lines()]

    @contextlib.contextmanager
    def with_settings(self, **env: str) -> Iterator[None]:
        """Run the service with these settings in place of its own, then with its own again."""
        before = self._settings
        try:
            self._replace({**before, **env})
            yield
        finally:
            self._replace(before)

    def _replace(self, settings: dict[str, str]) -> None:
        self._before += self._present_lines()
        self._settings = settings
        self._deployment = self._redeploy(settings)

    def _present_lines(self) -> list[str]:
        return self.lines_of(self.service)

    def _command(self, *arguments: str, standard_input: str = "") -> str:
        command = ["python", "-m", "app", *arguments]
        done = execute(self._client, self.service, command, standard_input)
        if done.exit_code:
            lines = (done.output + done.complaints).splitlines()
            raise CommandFailed(" ".join(command), done.exit_code, lines)
        return done.output

    def _wait(self) -> None:
        port = self._deployment.port
        assert port is not None
        wait_for_service(self._client, self.service, port, _go_on)

    def _container(self, part: Part) -> str:
        return self._deployment.parts[part].id


def _go_on() -> None:
    """Nobody calls it off but by an exception."""

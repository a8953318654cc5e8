"""The reference app as a whole project folder, and its service as a process.

The folder is put together from `tests/support/reference_app` and the fixed parts, exactly as the
emitter does it. The service is started by its own command line, as anybody would.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg

ROOT = Path(__file__).resolve().parents[2]
REFERENCE_APP = ROOT / "tests/support/reference_app"
FIXED = ROOT / "local_engine/generator/emit/fastapi/fixed"
SECRET_KEY = "a-secret-key-for-tests-0123456789abcdef"
PASSWORD = "correct horse battery"


def assemble(folder: Path) -> Path:
    """The reference app as a project in this (new) folder; returns the folder."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REFERENCE_APP, folder, ignore=ignored, dirs_exist_ok=True)
    for part in ("core", "accounts"):
        shutil.copytree(FIXED / part, folder / "app" / part, ignore=ignored)
    for direction in ("up", "down"):
        name = f"0001_core.{direction}.sql"
        shutil.copy(FIXED / "migrations" / name, folder / "migrations" / name)
    return folder


@dataclass
class Project:
    """A project folder with the database that it uses."""

    folder: Path
    database_url: str
    settings: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """The environment of its processes: nothing of ours but what Python needs."""
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        own = {"DATABASE_URL": self.database_url, "SECRET_KEY": SECRET_KEY}
        return {**kept, **own, **self.settings}

    def command(
        self, *arguments: str, stdin: str = "", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m app ...` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            cwd=self.folder,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            check=check,
            timeout=60,
        )

    def migrate(self) -> None:
        """Bring the database up to date."""
        self.command("migrate")

    def add_users(self, users: Sequence[dict[str, Any]]) -> dict[str, str]:
        """Make accounts by the project's own command; returns e-mail address → id."""
        given = [{"password": PASSWORD, "display_name": "Somebody", **user} for user in users]
        done = self.command("users", stdin=json.dumps({"users": given}))
        return {user["email"]: user["id"] for user in json.loads(done.stdout)["users"]}

    @contextmanager
    def serving(self) -> Iterator[Service]:
        """A running service; stopped at the end."""
        service = Service(self, _free_port())
        service.start()
        try:
            yield service
        finally:
            service.stop()


class Service:
    """`python -m app serve` as a process."""

    def __init__(self, project: Project, port: int) -> None:
        self.project = project
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log_file = project.folder / f"log-{port}.jsonl"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until it answers."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "serve", "--port", str(self.port)],
                cwd=self.project.folder,
                env=self.project.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        for _ in range(200):
            if self.process.poll() is not None:
                raise RuntimeError(f"the service ended: {self.log_file.read_text()}")
            try:
                httpx.get(f"{self.url}/health")
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError("the service does not answer")

    def stop(self) -> int:
        """Ask the process to stop and wait; returns its exit code."""
        if self.process is None:
            raise RuntimeError("the service was not started")
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=15)

    def logs(self) -> list[dict[str, Any]]:
        """The lines logged so far; each must be JSON."""
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]

    def client(self, token: str | None = None) -> httpx.Client:
        """A client of the service, signed in if there is a token."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=20)

    def sign_in(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        """Sign in; returns the tokens."""
        form = {"username": email, "password": password}
        answer = httpx.post(f"{self.url}/auth/login", data=form, timeout=20)
        tokens: dict[str, Any] = answer.raise_for_status().json()
        return tokens

    def signed_in(self, email: str) -> httpx.Client:
        """A client signed in as this user."""
        return self.client(self.sign_in(email)["access_token"])


def fresh_email() -> str:
    """An e-mail address that no account has."""
    return f"user-{uuid4().hex[:12]}@example.com"


def registration(**changes: Any) -> dict[str, Any]:
    """A body that `POST /auth/register` accepts, with these changes."""
    return {"email": fresh_email(), "password": PASSWORD, "display_name": "New", **changes}


def refresh(client: httpx.Client, token: str) -> httpx.Response:
    """Ask for new tokens."""
    return client.post("/auth/refresh", json={"refresh_token": token})


def end_pauses(service: Service) -> None:
    """Let everybody sign in again who has to wait after failed attempts."""
    with psycopg.connect(service.project.database_url) as connection:
        connection.execute(
            "UPDATE auth_login_attempts SET blocked_until = now(), attempts = least(attempts, 4)"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

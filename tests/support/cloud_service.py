"""Runs the cloud in a thread of the tests, on a database of its own, seen over HTTP only.

Passwords are hashed with cheap parameters: how strong a hash is, is a test of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import httpx
from argon2 import PasswordHasher

from cloud_api.config.settings import Settings
from cloud_api.server import CloudServer
from cloud_api.services import Services, make_services

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery staple"
SECRET = "a-secret-for-tests-0123456789-abcdefghijklmnop"
START_SECONDS = 30.0
MAIL_SECONDS = 20.0

T = TypeVar("T")
_numbers = count(1)


@dataclass
class Person:
    """Somebody with an account, signed in on one device."""

    email: str
    client: httpx.Client
    tokens: dict[str, Any] = field(default_factory=dict)

    def sign_in(self, password: str = PASSWORD, **further: str) -> httpx.Response:
        """Sign in, and send the access token from now on if that went well."""
        form = {"username": self.email, "password": password, **further}
        answer = self.client.post("/auth/login", data=form)
        if answer.status_code == 200:
            self.use(answer.json())
        return answer

    def use(self, tokens: dict[str, Any]) -> None:
        """Send this access token from now on."""
        self.tokens = tokens
        self.client.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def refresh(self, token: str | None = None) -> httpx.Response:
        """Spend a refresh token, by default the own one."""
        given = token if token is not None else self.tokens["refresh_token"]
        return self.client.post("/auth/refresh", json={"refresh_token": given})


class CloudService:
    """A cloud that runs; `client` is nobody's."""

    def __init__(self, server: CloudServer, services: Services, url: str, mails: Path) -> None:
        self.server = server
        self.services = services
        self.url = url
        self.mails = mails
        self.client = self.new_client()
        self.loop: asyncio.AbstractEventLoop | None = None

    def new_client(self) -> httpx.Client:
        """A client that is not signed in."""
        return httpx.Client(base_url=self.url, timeout=60.0, trust_env=False)

    def new_person(self, word: str = "person") -> Person:
        """Somebody with a new account, signed in."""
        person = Person(f"{word}-{next(_numbers)}@example.com", self.new_client())
        body = {"email": person.email, "password": PASSWORD}
        assert person.client.post("/auth/register", json=body).status_code == 201
        assert person.sign_in().status_code == 200
        return person

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the service's own event loop."""
        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def execute(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """Run a statement on the service's database, as its owner."""

        async def run() -> list[dict[str, Any]]:
            async with self.services.database.connection() as connection:
                cursor = await connection.execute(sql, parameters)
                return await cursor.fetchall() if cursor.description else []

        return self.call(run())

    def mails_to(self, email: str, number: int = 1) -> list[str]:
        """The texts of the mails to somebody, once there are so many; the newest is the last."""
        deadline = time.monotonic() + MAIL_SECONDS
        while True:
            found = []
            for path in sorted(self.mails.glob("*.eml")):
                message = message_from_bytes(path.read_bytes(), policy=policy.default)
                if message["To"] == email:
                    found.append(f"{message['Subject']}\n\n{message.get_content()}")
            if len(found) >= number:
                return found
            assert time.monotonic() < deadline, f"{len(found)} of {number} mails to {email}"
            time.sleep(0.02)

    def code_for(self, email: str, number: int = 1) -> str:
        """The code in the newest of so many mails."""
        text = self.mails_to(email, number)[-1]
        found = re.search(r"^[A-Za-z0-9_-]{43}$", text, re.MULTILINE)
        assert found, text
        return found[0]

    def verify(self, person: Person) -> None:
        """Verify a new person's address by the code in the first mail."""
        body = {"code": self.code_for(person.email)}
        assert person.client.post("/auth/email/verify", json=body).status_code == 204


@contextlib.contextmanager
def running_cloud(database_url: str, **settings: Any) -> Iterator[CloudService]:
    """A cloud on this database, whose schema is up to date; `settings` as of `Settings`."""
    hasher = settings.pop("hasher", CHEAP)
    with tempfile.TemporaryDirectory(prefix="cloud-mails-") as mails:
        chosen = {
            "platform_environment": "development",
            "platform_database_url": database_url,
            "platform_secret_key": SECRET,
            "platform_registrations_per_hour": 100_000,
            "platform_drain_seconds": 0,
            "port": 0,
            "mail_folder": mails,
            "log_level": "WARNING",
            # Nobody outside is asked by a test.
            "google_gemini_base_url": "http://127.0.0.1:1",
            "groq_base_url": "http://127.0.0.1:1",
            "openai_base_url": "http://127.0.0.1:1",
        }
        services = make_services(Settings(**{**chosen, **settings}), hasher=hasher)
        ready, address = threading.Event(), []

        def on_ready(url: str) -> None:
            address.append(url)
            ready.set()

        server = CloudServer(services, on_ready)
        loops: list[asyncio.AbstractEventLoop] = []

        async def serve() -> None:
            loops.append(asyncio.get_running_loop())
            await server.serve()

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        try:
            assert ready.wait(START_SECONDS), "the cloud did not start"
            service = CloudService(server, services, address[0], Path(mails))
            service.loop = loops[0]
            yield service
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)
            assert not thread.is_alive()

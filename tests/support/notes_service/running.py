"""The service as a process would be: on a port, with controls and a world."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn

from local_engine.runtime.ports import other_loopback
from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.checks import SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.controls import Row
from local_engine.verification.world import Created, Draft

from .accounts import SECRET_KEY
from .service import Service

PASSWORD = "correct horse battery"
KINDS = {"user": [], "other": [], "admin": ["admin"], "editor": ["editor"]}


class NotesControls:
    """Controls of the service in this process."""

    def __init__(self, service: Service, port: int) -> None:
        self.service = service
        self.base_url = f"http://127.0.0.1:{port}"
        self.project = Path("/nonexistent")
        self.secret_key = SECRET_KEY
        self.other_address = other_loopback()
        self.template = service.snapshot()
        self.answers: dict[str, list[Row]] = {}

    def create_users(self, users: Sequence[Mapping[str, object]]) -> dict[str, str]:
        made = {}
        for user in users:
            roles = [str(role) for role in user["roles"]]  # type: ignore[attr-defined]
            row = self.service.accounts.make(str(user["email"]), str(user["password"]), roles)
            made[row["email"]] = row["id"]
        return made

    def reset(self) -> None:
        self.service.restore(self.template)

    def save_template(self) -> None:
        self.template = self.service.snapshot()

    def restart(self, *, kill: bool = False) -> None:
        lost = "lost_when_killed" if kill else "lost_when_stopped"
        if lost in self.service.defects:
            self.service.notes.state["rows"].clear()

    def stop_database(self) -> None:
        raise NotImplementedError

    def start_database(self) -> None:
        raise NotImplementedError

    def migrate(self, *arguments: str) -> str:
        """There is nothing to migrate."""
        if "no_way_back" in self.service.defects and "down" in arguments:
            raise RuntimeError("0002: there is no way back")
        return ""

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """What a test has said this statement gives (by a word in it); copies of notes."""
        if sql.startswith('INSERT INTO "notes"'):
            times, row_id = parameters
            self.service.notes.copy(str(row_id), int(str(times)))
        if "pg_tables" in sql and "tables_left" in self.service.defects:
            return [{"tablename": "notes", "name": "notes"}]
        return next((rows for word, rows in self.answers.items() if word in sql), [])

    def hold_lock(self, sql: str) -> AbstractContextManager[None]:
        return nullcontext()

    def logs(self) -> list[str]:
        return list(self.service.logged)

    def with_settings(self, **env: str) -> AbstractContextManager[None]:
        raise SetUpFailed(f"no settings here: {env}")


class NotesWorld:
    """Actors and notes."""

    def __init__(self, context: Context) -> None:
        self._http = context.http
        self._numbers = count(1)
        accounts = {
            kind: {"email": f"{kind}@example.com", "roles": roles} for kind, roles in KINDS.items()
        }
        ids = context.controls.create_users(
            [{**account, "password": PASSWORD} for account in accounts.values()]
        )
        self._actors = {"anonymous": ANONYMOUS}
        for kind, account in accounts.items():
            email = str(account["email"])
            form = {"grant_type": "password", "username": email, "password": PASSWORD}
            answer = self._http.send("POST", "/auth/login", form=form)
            if answer.status != 200:
                raise SetUpFailed(f"cannot sign in: {answer}", (answer,))
            token = answer.json["access_token"]
            self._actors[kind] = Actor(kind, ids[email], token, account, PASSWORD)

    def actor(self, kind: str) -> Actor:
        return self._actors[kind]

    def draft(self, entity: str, **values: Any) -> Draft:
        number = next(self._numbers)
        if entity == "User":
            body = {"email": f"new{number}@example.com", "password": PASSWORD}
            return Draft(entity, "/auth/register", {**body, **values}, ANONYMOUS)
        note: dict[str, Any] = {
            "title": f"Fish number {number} Blue",
            "body": None if number % 2 else f"body {number}",
            "stars": number % 5 + 1,
            "price": f"{number}.50",
            "due_on": None if number % 3 == 0 else f"2026-01-{number % 28 + 1:02d}",
            "starts_at": None if number % 3 == 0 else f"2026-01-{number % 28 + 1:02d}T10:00:00Z",
            "kind": "letter" if number % 2 else "memo",
            "code": f"ABC-{number:06d}",
            "done": bool(number % 2),
            "labels": ["one"],
        }
        return Draft(entity, "/notes", {**note, **values}, self._actors["user"])

    def body_for(self, entity: str, parents: Mapping[str, str] | None = None) -> dict[str, Any]:
        named = {f"{name}_id": value for name, value in (parents or {}).items()}
        return {**self.draft(entity).body, **named}

    def create(self, entity: str, **values: Any) -> Created:
        draft = self.draft(entity, **values)
        answer = self._http.send("POST", draft.path, actor=draft.actor, json=draft.body)
        if answer.status not in (200, 201):
            raise SetUpFailed(f"cannot create a note: {answer}", (answer,))
        row, etag = answer.json, answer.header("etag")
        return Created(entity, row["id"], f"/notes/{row['id']}", row, etag, draft.actor)

    def path_of(self, entity: str, row: Created | None = None) -> str:
        return row.path if row else "/notes"

    def who_can(self, entity: str, action: str, row: Created | None = None) -> Actor | None:
        return self._actors["user"]

    def forget(self) -> None:
        """There is nothing that it remembers."""


@contextmanager
def running(service: Service) -> Iterator[NotesControls]:
    """The service on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        config = uvicorn.Config(
            service, log_level="warning", lifespan="off", ws="none", proxy_headers=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([free],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        try:
            yield NotesControls(service, free.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()

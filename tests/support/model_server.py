"""A conforming double: serves a Blueprint's executable model over HTTP in place of a project.

The verifier's own tests run against it, so that world and groups are known to pass on a service
that does what the Blueprint says; a mutant is the same with another Blueprint behind it. It is no
project: nothing is stored but in memory, and passwords are not hashed.
"""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.http import Exchange, Request, Response
from local_engine.verification.model.model import Model
from local_engine.verification.model.simulation import Simulation
from local_engine.verification.model.store import Store

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Scope = dict[str, Any]

_DIGEST = re.compile(r"""SELECT '"(\w+)"' AS name""")


class ModelServer:
    """Implements the verifier's `Controls` over a model; a context manager that serves it.

    To make a mutant, `misread` may change a request before the model sees it, and `spoil` an
    answer before it is sent.
    """

    def __init__(
        self,
        application: Application,
        *,
        misread: Callable[[ModelServer, Request], Request] | None = None,
        spoil: Callable[[ModelServer, Exchange], Response] | None = None,
    ) -> None:
        self.application = application
        self.simulation = Simulation(Model(application))
        self._misread = misread
        self._spoil = spoil
        self._actors: dict[str, Actor] = {}
        self._passwords: dict[str, str] = {}
        self._template = Store()
        self._lock = threading.Lock()
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._serve, port=0, log_level="error", lifespan="off", interface="asgi3"
            )
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> ModelServer:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    # -- controls ----------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """Where it listens."""
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    @property
    def project(self) -> Path:
        """There is no project."""
        raise NotImplementedError("the model has no source code")

    def create_users(self, users: Sequence[Mapping[str, object]]) -> dict[str, str]:
        """Make accounts."""
        ids: dict[str, str] = {}
        for account in users:
            email = str(account["email"])
            ids[email] = str(uuid.uuid4())
            shown = {name: value for name, value in account.items() if name != "password"}
            self._passwords[email] = str(account["password"])
            self._actors[email] = Actor(email, ids[email], None, shown)
            self.simulation.model.add_user(ids[email], shown)
        return ids

    def save_template(self) -> None:
        """Keep the rows as they are."""
        self._template = self.simulation.model.store.fork()

    def reset(self) -> None:
        """Back to the template."""
        self.simulation.model.store = self._template.fork()

    def restart(self, *, kill: bool = False) -> None:
        """Nothing is kept anywhere, so nothing can be restarted."""
        raise NotImplementedError("the model cannot be restarted")

    def stop_database(self) -> None:
        """There is none."""
        raise NotImplementedError("the model has no database")

    def start_database(self) -> None:
        """There is none."""
        raise NotImplementedError("the model has no database")

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Answers the one kind of statement that the witness sends."""
        tables = _DIGEST.findall(sql)
        if not tables:
            raise NotImplementedError("the model has no database")
        names = {entity.table: name for name, entity in self.application.entities.items()}
        rows = self.simulation.model.store.tables
        return [
            {"name": table, "digest": repr(sorted(rows.get(names[table], {}).items()))}
            for table in tables
        ]

    @contextmanager
    def hold_lock(self, sql: str) -> Iterator[None]:
        """There is no database."""
        raise NotImplementedError("the model has no database")
        yield

    def logs(self) -> list[str]:
        """It logs nothing."""
        return []

    @contextmanager
    def with_settings(self, **env: str) -> Iterator[None]:
        """It has no settings."""
        raise NotImplementedError("the model has no settings")
        yield

    # -- HTTP --------------------------------------------------------------------------------

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"])
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        request = Request(scope["method"], target, headers, body)
        with self._lock:
            exchange = self._answer(request)
            answer = self._spoil(self, exchange) if self._spoil else exchange.response
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [
                    (name.encode("latin-1"), value.encode("latin-1"))
                    for name, value in (*answer.headers, ("content-length", str(len(answer.body))))
                ],
            }
        )
        await send({"type": "http.response.body", "body": answer.body})

    def _answer(self, request: Request) -> Exchange:
        if request.path in ("/ready", "/health"):
            return Exchange(request, Response(200))
        if request.path == "/auth/login" and request.method == "POST":
            return Exchange(request, self._log_in(request))
        actor = self._actor(request)
        if actor is None:
            return Exchange(request, Response(401, _PROBLEM, b'{"status": 401}'))
        complete = Request(request.method, request.target, request.headers, request.body, actor)
        return self.simulation.send(self._misread(self, complete) if self._misread else complete)

    def _actor(self, request: Request) -> Actor | None:
        token = request.header("authorization").removeprefix("Bearer ")
        return self._actors.get(token) if token else ANONYMOUS

    def _log_in(self, request: Request) -> Response:
        form = parse_qs(request.body.decode())
        email, password = form.get("username", [""])[0], form.get("password", [""])[0]
        if self._passwords.get(email) != password:
            return Response(401, _PROBLEM, b'{"status": 401}')
        content = {"access_token": email, "token_type": "bearer", "expires_in": 600}
        return Response(200, _JSON, json.dumps(content).encode())


_JSON = (("content-type", "application/json"),)
_PROBLEM = (("content-type", "application/problem+json"),)

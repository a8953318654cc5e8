"""Emitted projects as running services, one a test module, with everybody signed in on demand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx
import psycopg
import pytest
from emitted_service import SignIn
from reference_project import PASSWORD, ROOT, Project, Service

from local_engine.generator.blueprint import load
from local_engine.generator.emit import emit, write
from local_engine.runtime.postgres import PostgresServer

_numbers = count(1)


@pytest.fixture(scope="module")
def project(
    request: pytest.FixtureRequest,
    postgres_server: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Project]:
    """The project of the Blueprint that the module names as `BLUEPRINT`, migrated."""
    text = (ROOT / request.module.BLUEPRINT).read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp("operations") / "project"
    write(emit(load(text).application, text), folder)
    name = f"operations_{next(_numbers)}"
    project = Project(folder, postgres_server.create_database(name).url)
    project.migrate()
    yield project
    postgres_server.drop_database(name)


@pytest.fixture(scope="module")
def service(project: Project) -> Iterator[Service]:
    """The project's service."""
    with project.serving() as running:
        yield running


@pytest.fixture(scope="module")
def sign_in(project: Project, service: Service) -> Iterator[SignIn]:
    """Signs somebody in, with an account made on the first call: `sign_in("ann", "baker")`."""
    clients: dict[str, httpx.Client] = {}

    def signed_in(name: str, *roles: str, **own_fields: Any) -> httpx.Client:
        if name not in clients:
            email = f"{name}@example.com"
            account = {"email": email, "password": PASSWORD, "roles": list(roles), **own_fields}
            project.command("users", stdin=json.dumps({"users": [account]}))
            clients[name] = service.signed_in(email)
        return clients[name]

    yield signed_in
    for client in clients.values():
        client.close()


@pytest.fixture
def anonymous(service: Service) -> Iterator[httpx.Client]:
    """Nobody."""
    with service.client() as client:
        yield client


@pytest.fixture
def held(project: Project) -> Iterator[psycopg.Connection]:
    """A connection of its own, for a look at the database or to hold locks in it."""
    with psycopg.connect(project.database_url) as connection:
        yield connection


@pytest.fixture
def at_once() -> Callable[..., list[httpx.Response]]:
    """Sends all of some requests at the same time."""

    def send(*requests: Callable[[], httpx.Response]) -> list[httpx.Response]:
        with ThreadPoolExecutor(len(requests)) as pool:
            return [done.result() for done in [pool.submit(request) for request in requests]]

    return send

"""Emitted projects as running services, one a test module."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest
from emitted_service import SignIn
from golden import emitted
from reference_project import PASSWORD, Project, Service

from local_engine.generator.emit import write
from local_engine.runtime.postgres import PostgresServer

_numbers = count(1)


@pytest.fixture(scope="module")
def project(
    request: pytest.FixtureRequest,
    postgres_server: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Project]:
    """The project that the module names as `PROJECT`, migrated."""
    folder = tmp_path_factory.mktemp("emitted") / request.module.PROJECT
    write(emitted(request.module.PROJECT), folder)
    name = f"emitted_{next(_numbers)}"
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

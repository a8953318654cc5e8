"""A running service of the reference app, one a test module."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest
from reference_project import Project, Service, assemble, end_pauses, registration

from local_engine.runtime.postgres import PostgresServer

_numbers = count(1)

ADA, BOB, ROOT = "ada@example.com", "bob@example.com", "root@example.com"


@pytest.fixture
def project(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Project]:
    """A project of this test alone, its database still empty."""
    name = f"project_{next(_numbers)}"
    yield Project(assemble(tmp_path / "project"), postgres_server.create_database(name).url)
    postgres_server.start()
    postgres_server.drop_database(name)


@pytest.fixture(scope="module")
def service(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The service with two members (Ada, Bob) and an admin (Root)."""
    name = f"service_{next(_numbers)}"
    folder = assemble(tmp_path_factory.mktemp("reference") / "project")
    project = Project(folder, postgres_server.create_database(name).url)
    project.migrate()
    project.add_users(
        [
            {"email": ADA, "roles": ["member"]},
            {"email": BOB, "roles": ["member"]},
            {"email": ROOT, "roles": ["admin"]},
        ]
    )
    with project.serving() as running:
        yield running
    postgres_server.drop_database(name)


@pytest.fixture(scope="module")
def ada(service: Service) -> Iterator[httpx.Client]:
    """Signed in as a member."""
    with service.signed_in(ADA) as client:
        yield client


@pytest.fixture(scope="module")
def bob(service: Service) -> Iterator[httpx.Client]:
    """Signed in as another member."""
    with service.signed_in(BOB) as client:
        yield client


@pytest.fixture(scope="module")
def root(service: Service) -> Iterator[httpx.Client]:
    """Signed in as an admin."""
    with service.signed_in(ROOT) as client:
        yield client


@pytest.fixture(scope="module")
def anonymous(service: Service) -> Iterator[httpx.Client]:
    """Not signed in."""
    with service.client() as client:
        yield client


@pytest.fixture
def board(ada: httpx.Client) -> str:
    """The path of a private board of Ada's."""
    return str(ada.post("/boards", json={"name": "Kitchen"}).raise_for_status().headers["location"])


@pytest.fixture
def card(ada: httpx.Client, board: str) -> str:
    """The path of a card on that board."""
    answer = ada.post(f"{board}/cards", json={"title": "Paint the door"}).raise_for_status()
    return str(answer.headers["location"])


@pytest.fixture
def member(anonymous: httpx.Client) -> str:
    """The e-mail address of a new account."""
    given = registration()
    anonymous.post("/auth/register", json=given).raise_for_status()
    return str(given["email"])


@pytest.fixture
def no_pauses(service: Service) -> Iterator[None]:
    """Tests come from one address: what one of them guessed is not held against the next."""
    yield
    end_pauses(service)

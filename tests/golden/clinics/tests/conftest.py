"""The service under test: in this process, on a real PostgreSQL, empty before each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from app.accounts.seeding import save_users
from app.core.loop import loop_factory
from app.core.migrations import migrate_up, read_migrations
from app.core.settings import Settings, load_settings
from app.main import create_app
from app.profile import PROFILE
from tests.postgres import test_database
from tests.rows import PEOPLE, PLANS
from tests.world import World

PASSWORD = "correct horse battery"
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

# What stays between tests: the accounts, and what is kept about the database itself.
_KEPT = {"users", "schema_migrations", "refresh_tokens"}
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Settings that lead to a database with all tables and no rows."""
    with test_database() as url:
        with loop_factory() as runner:
            runner.run(migrate_up(url, read_migrations(MIGRATIONS), None))
        yield load_settings(
            database_url=url,
            secret_key="only-for-tests-" + "x" * 32,
            worker_in_process=False,
            log_level="WARNING",
        )


@pytest.fixture(scope="session")
def ids(settings: Settings) -> dict[str, str]:
    """The ids of the users, by name."""
    accounts: list[dict[str, Any]] = [
        {"email": f"{name}@example.com", "password": PASSWORD, **about}
        for name, about in PEOPLE.items()
    ]
    with loop_factory() as runner:
        saved = runner.run(save_users(settings, PROFILE, {"users": accounts}))
    return {account["email"].partition("@")[0]: account["id"] for account in saved}


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[TestClient]:
    """A client of the running application."""
    with TestClient(create_app(settings), raise_server_exceptions=True) as found:
        yield found


@pytest.fixture(scope="session")
def tokens(client: TestClient, ids: dict[str, str]) -> dict[str, str]:
    """An access token for each user."""
    found = {}
    for name in ids:
        form = {"username": f"{name}@example.com", "password": PASSWORD}
        answer = client.post("/auth/login", data=form).raise_for_status()
        found[name] = answer.json()["access_token"]
    return found


@pytest.fixture
def world(
    settings: Settings, client: TestClient, tokens: dict[str, str], ids: dict[str, str]
) -> World:
    """Rows and requests for one test; there are none but the users when it begins."""
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        found = connection.execute(_TABLES).fetchall()
        names = ", ".join(f'"{name}"' for (name,) in found if name not in _KEPT)
        if names:
            connection.execute(f"TRUNCATE {names} CASCADE".encode())
    return World(client, tokens, ids, PLANS)

"""Running the service: readiness, logs, stopping, a database that goes away, documentation."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from importlib.util import find_spec

import httpx
import openapi_spec_validator
import psycopg
import pytest
from reference_project import PASSWORD, Project, Service

from local_engine.runtime.postgres import PostgresServer, temporary_server


def test_health_and_readiness(anonymous: httpx.Client) -> None:
    assert anonymous.get("/health").json() == {"status": "ok"}
    assert anonymous.get("/ready").json() == {"status": "ready"}


def test_not_ready_before_the_migrations(project: Project) -> None:
    with project.serving() as service, service.client() as client:
        answer = client.get("/ready")
        assert answer.status_code == 503
        assert "0001_core" in answer.json()["reason"]
        assert client.get("/health").status_code == 200
        project.migrate()
        assert client.get("/ready").status_code == 200


def test_every_log_line_is_json_with_the_request(service: Service, ada: httpx.Client) -> None:
    answer = ada.get("/boards?name=s3cret")
    ada.get("/boards/x%0a%22level%22:%22forged%22%0d")
    lines = [line for line in service.logs() if line["logger"] == "app.request"]
    line = next(li for li in lines if li["request_id"] == answer.headers["x-request-id"])
    assert (line["method"], line["path"], line["status"]) == ("GET", "/boards", 200)
    assert line["user"] == ada.get("/users/me").json()["id"]
    assert line["ms"] > 0
    assert any(li["path"] == '/boards/x\n"level":"forged"\r' for li in lines)
    text = service.log_file.read_text()
    assert "s3cret" not in text
    assert PASSWORD not in text


def test_an_unforeseen_error_tells_the_client_nothing(service: Service, ada: httpx.Client) -> None:
    with psycopg.connect(service.project.database_url) as connection:
        connection.execute("ALTER TABLE boards RENAME COLUMN name TO title")
    try:
        answer = ada.get("/boards")
    finally:
        with psycopg.connect(service.project.database_url) as connection:
            connection.execute("ALTER TABLE boards RENAME COLUMN title TO name")
    assert answer.status_code == 500
    body = answer.json()
    assert body.keys() == {"type", "title", "status", "detail", "request_id"}
    assert "column" not in answer.text
    assert "x-content-type-options" in answer.headers
    line = next(li for li in service.logs() if li.get("exception"))
    assert line["request_id"] == body["request_id"]
    assert "UndefinedColumn" in line["exception"]
    assert ada.get("/boards").status_code == 200


def test_the_openapi_document(anonymous: httpx.Client, service: Service) -> None:
    document = anonymous.get("/openapi.json").json()
    openapi_spec_validator.validate(document)
    printed = service.project.command("openapi").stdout
    assert httpx.Response(200, text=printed).json() == document
    operations = {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert {"list_boards", "create_card", "start_card", "login", "set_user_roles", "ready"} <= set(
        operations
    )
    create = operations["create_card"]
    assert create["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith(
        "/CardCreate"
    )
    assert create["security"] == [{"account": []}]
    assert set(create["responses"]) >= {"201", "401", "403", "404", "409", "415", "422", "default"}
    assert set(create["responses"]["201"]["headers"]) == {"ETag", "Location"}
    names = {parameter["name"] for parameter in operations["list_cards"]["parameters"]}
    assert names == {
        "board_id",
        "limit",
        "cursor",
        "sort",
        "q",
        "priority",
        "budget",
        "budget.gte",
        "budget.gt",
        "budget.lte",
        "budget.lt",
        "due_at",
        "due_at.gte",
        "due_at.gt",
        "due_at.lte",
        "due_at.lt",
        "due_at.null",
        "status",
    }
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    assert schemas["CardCreate"]["additionalProperties"] is False
    assert schemas["CardCreate"]["required"] == ["title"]
    assert "required" not in schemas["CardUpdate"]
    for operation in operations.values():
        assert operation["summary"]
        assert operation["tags"]


def test_the_openapi_command_needs_no_settings(project: Project) -> None:
    environment = {k: v for k, v in project.environment().items() if k == "PATH"}
    done = subprocess.run(
        [sys.executable, "-m", "app", "openapi"],
        cwd=project.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("{")


def test_the_documentation_is_a_page(anonymous: httpx.Client) -> None:
    page = anonymous.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    start = anonymous.get("/docs/start.js")
    assert "openapi.json" in start.text
    assert start.headers["content-type"].startswith("text/javascript")
    assert anonymous.get("/docs/core.py").status_code == 404


@pytest.mark.skipif(find_spec("fastapi_offline") is None, reason="fastapi-offline is not installed")
def test_the_documentation_works_without_the_internet(anonymous: httpx.Client) -> None:
    assert "https://" not in anonymous.get("/docs").text
    assert "https://" not in anonymous.get("/docs").headers["content-security-policy"]
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert len(anonymous.get(f"/docs/{name}").content) > 100_000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL"),
        ({"ACCESS_TOKEN_SECONDS": "x"}, "ACCESS_TOKEN_SECONDS"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "migrate", "users", "seed"])
def test_wrong_settings_end_the_process(
    project: Project, changes: dict[str, str], words: str, command: str
) -> None:
    project.settings.update(changes)
    done = project.command(command, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_unknown_command_ends_the_process(project: Project) -> None:
    assert project.command("dance", check=False).returncode == 2


def test_seeding_twice_is_seeding_once(project: Project) -> None:
    project.migrate()
    project.add_users([{"email": "ada@example.com"}])
    for _ in range(2):
        project.command("seed")
    with psycopg.connect(project.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM boards").fetchone() == (2,)


def test_stopping_finishes_open_requests(project: Project) -> None:
    project.migrate()
    project.add_users([{"email": "ada@example.com"}])
    with project.serving() as service, service.signed_in("ada@example.com") as client:
        board = client.post("/boards", json={"name": "x"}).headers["location"]
        statuses: list[int] = []

        def change() -> None:
            statuses.append(client.patch(board, json={"name": "y"}).status_code)

        with psycopg.connect(project.database_url) as blocker:
            blocker.execute("SELECT FROM boards FOR UPDATE")
            request = threading.Thread(target=change)
            request.start()
            time.sleep(0.3)
            started = time.monotonic()
            assert service.process is not None
            service.process.terminate()
            time.sleep(0.3)
            blocker.rollback()
        request.join()
        assert service.process.wait(timeout=10) == 0
    assert time.monotonic() - started < 10
    assert statuses == [200]
    with psycopg.connect(project.database_url) as connection:
        assert connection.execute("SELECT name FROM boards").fetchone() == ("y",)


def test_stopping_does_not_wait_for_ever(project: Project) -> None:
    project.migrate()
    project.add_users([{"email": "ada@example.com"}])
    project.settings["SHUTDOWN_SECONDS"] = "1"
    with project.serving() as service, service.signed_in("ada@example.com") as client:
        board = client.post("/boards", json={"name": "x"}).headers["location"]

        def change() -> None:
            with contextlib.suppress(httpx.TransportError):
                client.patch(board, json={"name": "y"})

        with psycopg.connect(project.database_url) as blocker:
            blocker.execute("SELECT FROM boards FOR UPDATE")
            request = threading.Thread(target=change)
            request.start()
            time.sleep(0.3)
            started = time.monotonic()
            service.stop()
            assert time.monotonic() - started < 6
            blocker.rollback()
        request.join()
    with psycopg.connect(project.database_url) as connection:
        assert connection.execute("SELECT name FROM boards").fetchone() == ("x",)


@pytest.fixture(scope="module")
def own_server() -> object:
    """A server that this module may stop."""
    with temporary_server() as server:
        yield server


def test_the_database_goes_away_and_comes_back(
    own_server: PostgresServer, project: Project
) -> None:
    project.database_url = own_server.create_database("away").url
    project.settings["DB_POOL_WAIT_SECONDS"] = "1"
    project.migrate()
    project.add_users([{"email": "ada@example.com"}])
    with project.serving() as service, service.signed_in("ada@example.com") as client:
        board = client.post("/boards", json={"name": "x"}).headers["location"]
        own_server.stop()
        for path in ("/boards", board):
            answer = client.get(path)
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
        assert client.patch(board, json={"name": "y"}).status_code == 503
        assert client.get("/ready").status_code == 503
        assert client.get("/health").status_code == 200
        time.sleep(3)
        own_server.start()
        started = time.monotonic()
        while client.get("/ready").status_code != 200:
            assert time.monotonic() - started < 8
            time.sleep(0.1)
        assert client.get(board).json()["name"] == "x"
        assert client.patch(board, json={"name": "z"}).status_code == 200


def test_a_restarted_database_costs_no_request(
    own_server: PostgresServer, project: Project
) -> None:
    """The connections in the pool are dead; each request must notice and take a fresh one."""
    project.database_url = own_server.create_database("restarted").url
    project.migrate()
    project.add_users([{"email": "ada@example.com"}])
    with project.serving() as service, service.signed_in("ada@example.com") as client:
        board = client.post("/boards", json={"name": "x"}).headers["location"]
        own_server.stop()
        own_server.start()
        assert client.patch(board, json={"name": "y"}).status_code == 200
        own_server.stop()
        own_server.start()
        assert client.get(board).json()["name"] == "y"


def test_the_service_starts_without_its_database(
    own_server: PostgresServer, project: Project
) -> None:
    project.database_url = own_server.create_database("late").url
    project.migrate()
    own_server.stop()
    with project.serving() as service, service.client() as client:
        assert client.get("/ready").status_code == 503
        own_server.start()
        started = time.monotonic()
        while client.get("/ready").status_code != 200:
            assert time.monotonic() - started < 8
            time.sleep(0.1)

"""The edge: headers, ids, sizes, origins, unknown addresses, a database that is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cloud_service import PASSWORD, CloudService, Person, running_cloud

from cloud_api.web.boundary import SECURITY_HEADERS, TRANSPORT_SECURITY
from local_engine.runtime.postgres import Database, PostgresServer

PROBLEM = "application/problem+json"


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    assert answer.json()["code"] == code


@pytest.mark.parametrize("path", ["/health", "/auth/me", "/nothing"])
def test_every_answer_has_the_security_headers(cloud: CloudService, path: str) -> None:
    headers = cloud.client.get(path).headers
    for name, value in SECURITY_HEADERS:
        assert headers[name.decode()] == value.decode()
    assert TRANSPORT_SECURITY[0].decode() not in headers


def test_the_callers_request_id_is_kept_if_it_is_harmless(cloud: CloudService) -> None:
    answer = cloud.client.get("/nothing", headers={"X-Request-Id": "a-1"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "a-1"
    for bad in ("a b", "x" * 65, '"'):
        other = cloud.client.get("/nothing", headers={"X-Request-Id": bad})
        assert other.headers["x-request-id"] != bad


CLIENT, EDGE, FORGED = "198.51.100.7", "104.22.17.40", "203.0.113.9"


@pytest.mark.parametrize(
    ("settings", "came_with"),
    [
        ({"forwarded_allow_ips": "*"}, "{forged}, {client}"),
        ({"forwarded_allow_ips": "*", "platform_proxy_hops": 2}, "{forged}, {client}, {edge}"),
        ({"forwarded_allow_ips": "127.0.0.1"}, "{forged}, {client}"),
    ],
)
def test_forged_address_of_the_client_does_not_win(
    new_cloud_database: Callable[[], str], settings: dict[str, Any], came_with: str
) -> None:
    """Whoever sends another one with each request is still limited as one client."""
    settings = {**settings, "platform_registrations_per_hour": 3}
    with running_cloud(new_cloud_database(), **settings) as cloud:
        statuses = []
        for number in range(4):
            forged = f"203.0.113.{number}"
            claim = came_with.format(forged=forged, client=CLIENT, edge=EDGE)
            body = {"email": f"forger-{number}@example.com", "password": PASSWORD}
            headers = {"X-Forwarded-For": claim}
            statuses.append(
                cloud.client.post("/auth/register", json=body, headers=headers).status_code
            )
        assert statuses == [201, 201, 201, 429]
        addresses = cloud.execute("SELECT DISTINCT address FROM audit_events")
        assert addresses == [{"address": CLIENT}]


@pytest.mark.parametrize(
    ("settings", "claim"),
    [
        ({}, FORGED),
        ({"forwarded_allow_ips": "10.0.0.0/8"}, FORGED),
        ({"forwarded_allow_ips": "*", "platform_proxy_hops": 2}, FORGED),
        ({"forwarded_allow_ips": "*"}, f"{FORGED}, nonsense"),
    ],
)
def test_claim_that_no_trusted_proxy_made_is_not_heard(
    new_cloud_database: Callable[[], str], settings: dict[str, Any], claim: str
) -> None:
    with running_cloud(new_cloud_database(), **settings) as cloud:
        body = {"email": "forger@example.com", "password": PASSWORD}
        cloud.client.post("/auth/register", json=body, headers={"X-Forwarded-For": claim})
        (event,) = cloud.execute("SELECT address FROM audit_events")
        assert event == {"address": "127.0.0.1"}


def test_unknown_addresses_and_methods(cloud: CloudService) -> None:
    refused(cloud.client.get("/nothing"), 404, "not-found")
    refused(cloud.client.delete("/health"), 405, "method-not-allowed")


def test_large_bodies_are_refused_announced_or_not(
    new_cloud_database: Callable[[], str],
) -> None:
    settings = {"platform_body_limit_bytes": 2_000, "cors_origins": "https://app.example"}
    public = {"platform_public_url": "https://cloud.example"}
    with running_cloud(new_cloud_database(), **settings, **public) as cloud:
        body = b'{"email": "' + b"x" * 3_000 + b'"}'
        headers = {"Content-Type": "application/json"}
        announced = cloud.client.post("/auth/register", content=body, headers=headers)
        refused(announced, 413, "too-large")
        chunked = cloud.client.post(
            "/auth/register", content=iter([body[:1_500], body[1_500:]]), headers=headers
        )
        refused(chunked, 413, "too-large")
        _check_origins(cloud)
        assert cloud.client.get("/health").headers["strict-transport-security"]


def _check_origins(cloud: CloudService) -> None:
    """Pages of listed origins may call, errors included; others are not told so."""
    listed = {"Origin": "https://app.example"}
    answer = cloud.client.get("/auth/me", headers=listed)
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    asked = {**listed, "Access-Control-Request-Method": "DELETE"}
    asked["Access-Control-Request-Headers"] = "authorization"
    assert cloud.client.options("/auth/devices/x", headers=asked).status_code == 200
    foreign = cloud.client.get("/health", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in foreign.headers
    assert "access-control-allow-credentials" not in answer.headers


def test_text_that_cannot_be_stored_is_refused(cloud: CloudService, person: Person) -> None:
    headers = {"Content-Type": "application/json"}
    for email in (b"a\\u0000@example.com", b"\\ud800@example.com", b"\xff@example.com"):
        raw = b'{"email": "' + email + b'"}'
        answer = cloud.client.post("/auth/password/forgot", content=raw, headers=headers)
        assert answer.status_code in (400, 422), email
    assert person.sign_in("\0").status_code == 422


def test_no_connection_keeps_anything_of_a_request(cloud: CloudService, person: Person) -> None:
    """As a pooler demands: nothing is prepared, nothing set for longer than a transaction."""
    assert person.refresh().status_code == 200
    rows = cloud.execute(
        "SELECT current_setting('statement_timeout') AS timeout,"
        " (SELECT count(*) FROM pg_prepared_statements) AS prepared"
    )
    assert rows == [{"timeout": "0", "prepared": 0}]


def test_a_database_that_is_away_and_comes_back(
    postgres_server: PostgresServer, database: Database
) -> None:
    import asyncio

    from cloud_api.database.migrations import migrate, read_migrations

    asyncio.run(migrate(database.url, read_migrations()))
    settings = {"platform_db_wait_seconds": 1.0, "platform_worker_in_process": False}
    with running_cloud(database.url, **settings) as cloud:
        person = cloud.new_person()
        port = postgres_server.port
        postgres_server.stop()
        try:
            refused(person.client.get("/auth/me"), 503, "unavailable")
            assert cloud.client.get("/health").status_code == 200
            ready = cloud.client.get("/ready")
            assert (ready.status_code, ready.json()["reason"]) == (
                503,
                "the database does not answer",
            )
        finally:
            postgres_server.start()
        assert postgres_server.port == port
        assert person.client.get("/auth/me").status_code == 200
        assert cloud.client.get("/ready").status_code == 200

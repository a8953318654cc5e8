"""The service as a whole: it lives, documents itself, and asks everybody to sign in."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.settings import SettingsError, load_settings
from tests.world import UNKNOWN_ID


def test_it_is_ready(client: TestClient) -> None:
    """Both probes of an orchestrator get their answer."""
    assert client.get("/health").status_code == 200
    assert client.get("/ready").status_code == 200


def test_what_is_not_there(client: TestClient) -> None:
    """Errors are problem details, whatever causes them."""
    answer = client.get("/no-such-thing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_protected_operations_ask_to_sign_in(client: TestClient) -> None:
    """Every operation that the documentation marks as protected is."""
    document: dict[str, Any] = client.get("/openapi.json").raise_for_status().json()
    protected = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if operation.get("security") and {} not in operation["security"]:
                segments = [UNKNOWN_ID if s.startswith("{") else s for s in path.split("/")]
                answer = client.request(method, "/".join(segments), json={})
                assert answer.status_code == 401, f"{method} {path}"
                assert answer.headers["www-authenticate"].startswith("Bearer")
                protected += 1
    assert protected


@pytest.mark.parametrize("header", ["Bearer x", "Bearer", "Basic eDp4", "Bearer e30.e30.e30"])
def test_wrong_tokens_are_refused(client: TestClient, header: str) -> None:
    """A token that is not ours opens nothing."""
    assert client.get("/users/me", headers={"Authorization": header}).status_code == 401


def test_a_weak_secret_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no default for what signs the tokens."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/app")
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        load_settings()

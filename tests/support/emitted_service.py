"""What tests of emitted services share: signing in, and reading refusals."""

from __future__ import annotations

from typing import Any, Protocol

import httpx


class SignIn(Protocol):
    """Signs somebody in; the account is made on the first call."""

    def __call__(self, name: str, *roles: str, **own_fields: Any) -> httpx.Client:
        """A client of the service: `sign_in("ann", "baker")`."""


def created(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    """The row that this body creates."""
    answer = client.post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    row: dict[str, Any] = answer.json()
    return row


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and rule (or pointer) of a refused request."""
    body = answer.json()
    errors = body.get("errors") or [{"pointer": ""}]
    return answer.status_code, body.get("rule") or errors[0]["pointer"]


def user_id(client: httpx.Client) -> str:
    """The id of who is signed in."""
    me: dict[str, Any] = client.get("/users/me").raise_for_status().json()
    found: str = me["id"]
    return found

"""Makes users of each role in a running project, signs them in, sends requests for them.

Passwords and tokens stay in the engine's memory: the window never sees them.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from local_engine.api.features.actors.schemas import (
    MAX_ANSWER,
    ActorFacts,
    NewRequest,
    ProjectAnswer,
)
from local_engine.api.features.blueprints.service import read, require_valid
from local_engine.api.problems import Problem

if TYPE_CHECKING:
    from local_engine.runtime.preview.ownership import Owned

ANONYMOUS = "anonymous"
PLAIN = ("user", "other")
_SECONDS = 30.0
_OURS = {"host", "authorization", "content-length", "connection", "transfer-encoding"}


@dataclass
class _Cast:
    """The accounts of one project, each made by its own command, and the tokens of this run."""

    accounts: dict[str, dict[str, Any]]
    run: float = 0.0
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Actors:
    """The actors of all running projects."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._casts: dict[Path, _Cast] = {}
        self._password = secrets.token_urlsafe(18)

    def all(self, folder: Path) -> list[ActorFacts]:
        """The actors that a project has by its Blueprint."""
        accounts = self._accounts(folder)
        known = [
            ActorFacts(name=name, email=one["email"], roles=one["roles"])
            for name, one in accounts.items()
        ]
        return [ActorFacts(name=ANONYMOUS, email=None, roles=[]), *known]

    def send(self, folder: Path, request: NewRequest) -> ProjectAnswer:
        """Send a request to the running project as one of its actors."""
        from local_engine.runtime.preview import PreviewError
        from local_engine.runtime.preview.ownership import Owned

        try:
            owned = Owned(folder)
            token = self._token(owned, request.actor)
        except PreviewError as error:
            raise Problem(409, "not-running", str(error)) from None
        headers = {name: v for name, v in request.headers.items() if name.lower() not in _OURS}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = None
        if request.body is not None:
            body = json.dumps(request.body, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json")
        return exchange(owned.url, request.method, request.path, headers, body)

    def _token(self, owned: Owned, actor: str) -> str | None:
        if actor == ANONYMOUS:
            return None
        cast = self._cast(owned)
        account = cast.accounts.get(actor)
        if account is None:
            known = ", ".join((ANONYMOUS, *cast.accounts))
            raise Problem(422, "no-such-actor", f"There is no actor {actor}. There are: {known}.")
        with cast.lock:
            if cast.run != owned.state.started_at:
                owned.create_users(list(cast.accounts.values()))
                cast.run = owned.state.started_at
                cast.tokens.clear()
            token, until = cast.tokens.get(actor, ("", 0.0))
            if until < time.monotonic():
                token, until = sign_in(owned.url, account["email"], account["password"])
                cast.tokens[actor] = token, until
        return token

    def _cast(self, owned: Owned) -> _Cast:
        accounts = self._accounts(owned.project)
        with self._lock:
            cast = self._casts.get(owned.project)
            if cast is None or cast.accounts != accounts:
                cast = self._casts[owned.project] = _Cast(accounts)
            return cast

    def _accounts(self, folder: Path) -> dict[str, dict[str, Any]]:
        """What the project's users command is given, by the actor's name."""
        from local_engine.verification.model.world import ModelWorld

        application = require_valid(read(folder)).application
        roles = dict.fromkeys((*application.accounts.roles, "admin"))
        own = ModelWorld(application, _nowhere).cast.own_fields()
        default = application.accounts.default_role
        plain = [default] if default else []
        kinds = dict.fromkeys(PLAIN, plain) | {role: [role] for role in roles}
        return {
            name: {
                "email": f"{name.replace('_', '-')}@actors.example.com",
                "password": self._password,
                "roles": given,
                **own,
            }
            for name, given in kinds.items()
        }


def _nowhere(_request: object) -> Any:
    raise AssertionError("only the accounts of this world are used")


def sign_in(url: str, email: str, password: str) -> tuple[str, float]:
    """An access token and until when it is good, by the clock that never goes back."""
    form = urlencode({"grant_type": "password", "username": email, "password": password})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = exchange(url, "POST", "/auth/login", headers, form.encode())
    try:
        found = json.loads(answer.text)
        return str(found["access_token"]), time.monotonic() + float(found["expires_in"]) / 2
    except (ValueError, KeyError, TypeError):
        raise Problem(
            502, "no-sign-in", f"{email} could not sign in: the project answered {answer.status}."
        ) from None


def exchange(
    url: str, method: str, path: str, headers: dict[str, str], body: bytes | None
) -> ProjectAnswer:
    """Send a request and read the answer. Raises `Problem` 502 when there is none."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=_SECONDS)
    started = time.monotonic()
    try:
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read(MAX_ANSWER + 1)
            received = answer.getheaders()
    except (OSError, http.client.HTTPException) as error:
        raise Problem(502, "no-answer", f"The project did not answer: {error}") from None
    return ProjectAnswer(
        status=answer.status,
        headers=received,
        text=content[:MAX_ANSWER].decode("utf-8", "replace"),
        cut=len(content) > MAX_ANSWER,
        seconds=time.monotonic() - started,
        request_id=answer.getheader("x-request-id"),
    )

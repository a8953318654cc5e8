"""Access tokens: only ours, only for us, only in time."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest

from local_engine.generator.emit.fastapi.fixed.core.problem import Problem
from local_engine.generator.emit.fastapi.fixed.core.tokens import AUDIENCE, ISSUER, AccessTokens

KEY = "0123456789abcdef0123456789abcdef"
USER, SESSION = uuid4(), uuid4()


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(USER),
        "sid": str(SESSION),
        "roles": ["baker"],
        "iat": now,
        "exp": now + 60,
        "jti": "x",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def refuse(token: str) -> None:
    tokens = AccessTokens(KEY, 60)
    for _ in range(2):  # a refused token is not remembered as good
        with pytest.raises(Problem) as caught:
            tokens.verify(token)
        assert caught.value.status == 401
        assert caught.value.headers["www-authenticate"].startswith("Bearer")


def test_an_issued_token_is_accepted_again_and_again() -> None:
    tokens = AccessTokens(KEY, 60)
    token = tokens.issue(USER, ["customer", "baker"], SESSION)
    for _ in range(3):
        actor = tokens.verify(token)
        assert (actor.id, actor.session) == (USER, SESSION)
        assert actor.roles == {"baker", "customer"}
        assert actor.parameters == {"actor": USER, "roles": ["baker", "customer"]}


def test_the_claims_are_the_documented_ones() -> None:
    token = AccessTokens(KEY, 60).issue(USER, [], SESSION)
    found = jwt.decode(token, KEY, algorithms=["HS256"], audience=AUDIENCE)
    assert {"sub", "roles", "iss", "aud", "iat", "exp", "jti"} <= found.keys()
    assert found["exp"] - found["iat"] == 60


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"iss": "somebody"},
        {"iss": None},
        {"aud": "app:refresh"},
        {"aud": None},
        {"sub": None},
        {"sub": "admin"},
        {"sid": None},
        {"jti": None},
        {"roles": None},
        {"roles": 5},
        {"iat": int(time.time()) + 600},
        {"exp": "soon"},
    ],
)
def test_wrong_claims_are_refused(changes: dict[str, Any]) -> None:
    refuse(jwt.encode(claims(**changes), KEY, algorithm="HS256"))


@pytest.mark.filterwarnings("ignore:The HMAC key is")
@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_the_algorithm_is_pinned(algorithm: str) -> None:
    refuse(jwt.encode(claims(), KEY, algorithm=algorithm))


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "RS256", ""])
def test_an_unsigned_token_is_refused(alg: str) -> None:
    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    refuse(f"{part({'alg': alg, 'typ': 'JWT'})}.{part(claims())}.")


def test_another_key_and_a_changed_payload_are_refused() -> None:
    refuse(jwt.encode(claims(), "another-key-another-key-another-key", algorithm="HS256"))
    good = AccessTokens(KEY, 60).issue(USER, [], SESSION)
    head, _, signature = good.split(".")
    payload = base64.urlsafe_b64encode(json.dumps(claims(roles=["admin"])).encode()).decode()
    refuse(f"{head}.{payload.rstrip('=')}.{signature}")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ä.ö.ü", "." * 5000])
def test_garbage_is_refused(token: str) -> None:
    refuse(token)


def test_a_remembered_token_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = AccessTokens(KEY, 60)
    token = tokens.issue(USER, [], SESSION)
    tokens.verify(token)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    with pytest.raises(Problem):
        tokens.verify(token)


def test_the_memory_of_tokens_is_bounded() -> None:
    tokens = AccessTokens(KEY, 60)
    for _ in range(4_200):
        tokens.verify(tokens.issue(UUID(int=0), [], SESSION))
    assert len(tokens._verified) <= 4_096

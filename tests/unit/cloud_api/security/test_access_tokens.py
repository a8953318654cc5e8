"""Access tokens: only our own, of a present key, for this audience, while they live."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest

from cloud_api.security.access_tokens import AUDIENCE, ISSUER, PURPOSE, AccessTokens, Claims
from cloud_api.security.derivation import derive_key, key_id
from cloud_api.web.problems import Problem

OLD, NEW = "the-old-secret-0123456789-abcdefghij", "the-new-secret-9876543210-jihgfedcba"
USER, SESSION = uuid4(), uuid4()
TOKENS = AccessTokens([NEW], 600)
KEY = derive_key(NEW, PURPOSE)
HEADER = {"kid": key_id(NEW, PURPOSE)}


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(USER),
        "sid": str(SESSION),
        "iat": now,
        "exp": now + 600,
        "jti": "x",
    }
    return {name: value for name, value in (usual | changed).items() if value is not None}


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_an_own_token_says_who() -> None:
    assert TOKENS.verify(TOKENS.issue(USER, SESSION)) == Claims(USER, SESSION)
    right = jwt.encode(claims(), KEY, algorithm="HS256", headers=HEADER)
    assert TOKENS.verify(right) == Claims(USER, SESSION)


FORGED = {
    "another key": jwt.encode(claims(), b"x" * 32, algorithm="HS256", headers=HEADER),
    "the secret itself as key": jwt.encode(claims(), NEW, algorithm="HS256", headers=HEADER),
    "another algorithm": jwt.encode(claims(), KEY * 2, algorithm="HS512", headers=HEADER),
    "alg none": f"{encoded({'alg': 'none', **HEADER})}.{encoded(claims())}.",
    "an unknown key id": jwt.encode(claims(), KEY, algorithm="HS256", headers={"kid": "x"}),
    "no key id": jwt.encode(claims(), KEY, algorithm="HS256"),
    "a key id that is no text": f"{encoded({'alg': 'HS256', 'kid': []})}.{encoded(claims())}.x",
    "another audience": jwt.encode(claims(aud="x"), KEY, algorithm="HS256", headers=HEADER),
    "another issuer": jwt.encode(claims(iss="x"), KEY, algorithm="HS256", headers=HEADER),
    "expired": jwt.encode(claims(exp=1), KEY, algorithm="HS256", headers=HEADER),
    "no end": jwt.encode(claims(exp=None), KEY, algorithm="HS256", headers=HEADER),
    "no session": jwt.encode(claims(sid=None), KEY, algorithm="HS256", headers=HEADER),
    "a session that is none": jwt.encode(claims(sid="1"), KEY, algorithm="HS256", headers=HEADER),
    "no token": "abc",
    "nothing": "",
}


@pytest.mark.parametrize("kind", FORGED)
def test_another_token_is_refused(kind: str) -> None:
    with pytest.raises(Problem) as refused:
        TOKENS.verify(FORGED[kind])
    assert refused.value.status == 401
    assert 'error="invalid_token"' in refused.value.headers["www-authenticate"]


def test_tokens_of_the_previous_secret_hold_while_secrets_change() -> None:
    before = AccessTokens([OLD], 600).issue(USER, SESSION)
    during = AccessTokens([NEW, OLD], 600)
    assert during.verify(before) == Claims(USER, SESSION)
    after = AccessTokens([NEW], 600)
    assert after.verify(during.issue(USER, SESSION)) == Claims(USER, SESSION)
    with pytest.raises(Problem):
        after.verify(before)


def test_a_token_that_was_good_still_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    token = TOKENS.issue(USER, SESSION)
    assert TOKENS.verify(token) == Claims(USER, SESSION)
    later = time.time() + 601
    monkeypatch.setattr(time, "time", lambda: later)
    for _ in range(2):
        with pytest.raises(Problem, match="expired"):
            TOKENS.verify(token)


def test_a_claim_keeps_its_types() -> None:
    found = TOKENS.verify(TOKENS.issue(USER, SESSION))
    assert isinstance(found.user, UUID)
    assert isinstance(found.session, UUID)

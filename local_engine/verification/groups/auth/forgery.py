"""Access tokens that the service has not made, or not for this."""

import time
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification import expect
from local_engine.verification.checks import Check, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.controls import secret_key_of
from local_engine.verification.groups.auth.flows import me, refused, signed_in, some_session
from local_engine.verification.routes import Kind, promised_routes
from local_engine.verification.tokens import claims_of, forge, unsigned

_COMMON_KEYS = ("secret", "changeme", "change-me", "your-256-bit-secret", "x" * 32, "0" * 32, "")
_GARBAGE = ("garbage", "a.b.c", "..", "null", "e30.e30.", "Bearer", "{}")
_CLAIMS = {"sub", "iss", "aud", "iat", "exp", "jti"}


def checks(application: Application) -> Iterator[Check]:
    """Checks of access tokens."""
    yield Check("auth.token.missing", "Without a token: 401 and how to sign in.", _missing)
    yield Check("auth.token.garbage", "A token that is none is refused.", _garbage)
    yield Check("auth.token.scheme", "Only the scheme Bearer is accepted.", _scheme)
    yield _on_public_route(application)
    yield Check("auth.token.claims", "Access tokens say who, for what and how long.", _claims)
    yield Check("auth.token.alg_none", "A token without signature is refused.", _unsigned)
    yield Check("auth.token.wrong_key", "A token signed with another key is refused.", _wrong_key)
    yield Check("auth.token.tampered", "A token with changed claims is refused.", _tampered)
    yield Check("auth.token.refresh", "A refresh token is no access token.", _refresh_token)
    yield Check("auth.token.expired", "A token that has expired is refused.", _expired)
    changes: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        "audience": ({"aud": "another-service"}, ()),
        "issuer": ({"iss": "another-issuer"}, ()),
        "no_audience": ({}, ("aud",)),
        "no_issuer": ({}, ("iss",)),
        "no_expiry": ({}, ("exp",)),
        "no_subject": ({}, ("sub",)),
        "odd_subject": ({"sub": "not-an-id"}, ()),
    }
    for name, (changed, dropped) in changes.items():
        yield Check(
            f"auth.token.{name}",
            f"A rightly signed token with the wrong claims is refused ({name.replace('_', ' ')}).",
            partial(_changed_claims, changed, dropped),
        )


def _missing(context: Context) -> None:
    refused(context.http.send("GET", "/users/me"), "no token")


def _garbage(context: Context) -> None:
    for token in _GARBAGE:
        refused(me(context, token), f"{token!r} is no token")


def _scheme(context: Context) -> None:
    token = context.world.actor("user").token
    for value in (f"Basic {token}", f"Token {token}", str(token), f"Bearer {token} {token}"):
        answer = context.http.send("GET", "/users/me", headers={"Authorization": value})
        refused(answer, f"the scheme {value.partition(' ')[0][:8]}")


def _on_public_route(application: Application) -> Check:
    sentence = "A wrong token is refused also where none is needed."
    for route in promised_routes(application):
        if route.kind is Kind.LIST and route.access.admits_anonymous and "{" not in route.path:
            return Check("auth.token.public_route", sentence, partial(_on_route, route.path))
    reason = "no list is open to anonymous requests"
    return Check("auth.token.public_route", sentence, None, reason)


def _on_route(path: str, context: Context) -> None:
    expect.set_up(context.http.send("GET", path), 200)
    refused(context.http.send("GET", path, token="garbage"), "a wrong token")  # noqa: S106


def _own_claims(context: Context) -> dict[str, Any]:
    token = context.world.actor("user").token or ""
    try:
        return claims_of(token)
    except ValueError as error:
        raise SetUpFailed(f"the access token could not be read: {error}") from error


def _claims(context: Context) -> None:
    tokens = some_session(context)
    claims = claims_of(tokens.access)
    absent = sorted(_CLAIMS - claims.keys())
    expect.holds(not absent, f"claims {sorted(_CLAIMS)}", f"without {absent}", tokens.answer)
    life = claims["exp"] - claims["iat"]
    expect.holds(0 < life <= 3600, "a life of at most an hour", f"{life} s", tokens.answer)
    expires_in = tokens.answer.json["expires_in"]
    expect.holds(expires_in == life, f"expires_in {life}", f"{expires_in}", tokens.answer)


def _unsigned(context: Context) -> None:
    claims = _own_claims(context)
    for algorithm in ("none", "None", "NONE", "nOnE", ""):
        refused(me(context, unsigned(claims, algorithm)), f"alg {algorithm!r}, no signature")
        with_admin = {**claims, "roles": ["admin"]}
        refused(me(context, unsigned(with_admin, algorithm)), f"alg {algorithm!r}, no signature")


def _wrong_key(context: Context) -> None:
    claims = _own_claims(context)
    for key in _COMMON_KEYS:
        refused(me(context, forge(claims, key)), f"signed with the key {key!r}")
    for algorithm in ("HS512", "RS256"):
        header = {"alg": algorithm, "typ": "JWT"}
        refused(me(context, forge(claims, "x" * 32, header)), f"algorithm {algorithm}")


def _tampered(context: Context) -> None:
    token = context.world.actor("user").token or ""
    head, _, signature = token.split(".")
    claims = _own_claims(context)
    changes = {"roles": ["admin"], "sub": str(uuid4()), "exp": claims.get("exp", 0) + 86_400}
    for claim, value in changes.items():
        payload = forge({**claims, claim: value}, "").split(".")[1]
        refused(me(context, f"{head}.{payload}.{signature}"), f"`{claim}` was changed")
    refused(me(context, token[:-3]), "the signature is cut")


def _refresh_token(context: Context) -> None:
    tokens = some_session(context)
    refused(me(context, tokens.refresh), "a refresh token", tokens.answer)


def _key(context: Context, claims: dict[str, Any]) -> str:
    key = secret_key_of(context.controls)
    if key is None:
        raise SetUpFailed("the key that signs access tokens is not known to the verifier")
    proof = me(context, forge(claims, key))
    if proof.status != 200:
        raise SetUpFailed(f"tokens signed with the known key are not accepted: {proof}", (proof,))
    return key


def _changed_claims(changed: dict[str, Any], dropped: tuple[str, ...], context: Context) -> None:
    claims = _own_claims(context)
    key = _key(context, claims)
    forged = {name: value for name, value in {**claims, **changed}.items() if name not in dropped}
    refused(me(context, forge(forged, key)), f"changed {sorted(changed)}, without {list(dropped)}")


def _expired(context: Context) -> None:
    claims = _own_claims(context)
    if secret_key_of(context.controls) is not None:
        key = _key(context, claims)
        past = {**claims, "iat": int(time.time()) - 7200, "exp": int(time.time()) - 120}
        refused(me(context, forge(past, key)), "it expired two minutes ago")
        return
    with context.settings(ACCESS_TOKEN_SECONDS="1"):  # noqa: S106
        tokens = signed_in(context, context.world.actor("user"))
        expect.set_up(me(context, tokens.access), 200)
        time.sleep(max(0.0, claims_of(tokens.access)["exp"] - time.time()) + 1.0)
        refused(me(context, tokens.access), "it has expired", tokens.answer)

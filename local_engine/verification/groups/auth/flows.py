"""The steps of signing in that the checks of this group are made of."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.resolved import USER
from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.checks import NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.controls import other_address_of
from local_engine.verification.http import Client, Exchange
from local_engine.verification.model.cast import PASSWORD

_BYSTANDER = "bystander"
_WRONG = "not the password"


@dataclass(frozen=True)
class Session:
    """What signing in gives."""

    access: str
    refresh: str
    answer: Exchange


def password_of(actor: Actor) -> str:
    """The actor's password."""
    return actor.password or PASSWORD


def login(
    context: Context,
    email: str,
    password: str,
    *,
    http: Client | None = None,
    headers: Mapping[str, str] | None = None,
) -> Exchange:
    """Ask for tokens, with another client than the usual one if one is given."""
    form = {"grant_type": "password", "username": email, "password": password}
    return (http or context.http).send("POST", "/auth/login", form=form, headers=headers)


def signed_in(context: Context, actor: Actor) -> Session:
    """A new session of the actor; SetUpFailed where it is refused."""
    return session(expect.set_up(login(context, actor.email, password_of(actor)), 200))


def some_session(context: Context) -> Session:
    """A session of the first user that checks share and leave as it is."""
    return context.once("session", lambda: signed_in(context, context.world.actor("user")))


def bystander(context: Context) -> list[Session]:
    """Another session of the first user, which is to live on; the newest tokens come last.

    Checks share it: a hash at sign-in is by far the dearest that they ask for. It has just been
    renewed; where it cannot be, as one check has found it ended, it is a new one.
    """
    user = context.world.actor("user")
    kept = context.once(_BYSTANDER, lambda: [signed_in(context, user)])
    answer = refresh(context, kept[-1].refresh)
    kept.append(session(answer) if answer.status == 200 else signed_in(context, user))
    return kept


def keep_as_bystander(context: Context, answer: Exchange) -> None:
    """Let the session that this answer begins be the one that lives on, if there is none yet."""
    context.once(_BYSTANDER, lambda: [session(answer)])


def lives_on(context: Context, kept: list[Session], why: str, *before: Exchange) -> None:
    """The bystander's session can still be renewed."""
    answer = refresh(context, kept[-1].refresh)
    expect.status_is(answer, 200, why=why, before=[kept[-1].answer, *before])
    kept.append(session(answer))


def wrong_sign_ins(context: Context) -> tuple[Exchange, Exchange]:
    """The answers to a wrong password for the first user, and for an address without account."""
    email = context.world.actor("user").email
    return context.once(
        "wrong sign-ins",
        lambda: (login(context, email, _WRONG), login(context, "nobody@example.com", _WRONG)),
    )


def session(answer: Exchange) -> Session:
    """The tokens in an answer of login or refresh; fails the check if it has none."""
    document = answer.json if isinstance(answer.json, dict) else {}
    access, refresh = document.get("access_token"), document.get("refresh_token")
    well_formed = (
        isinstance(access, str)
        and isinstance(refresh, str)
        and str(document.get("token_type")).lower() == "bearer"
        and isinstance(document.get("expires_in"), int)
    )
    expect.holds(
        well_formed,
        "{access_token, token_type: bearer, expires_in, refresh_token}",
        f"keys {sorted(document)}",
        answer,
        claim="'refresh_token' in answer.json()",
    )
    return Session(str(access), str(refresh), answer)


def refresh(context: Context, token: str) -> Exchange:
    """Exchange a refresh token for new tokens."""
    return context.http.send("POST", "/auth/refresh", json={"refresh_token": token})


def me(context: Context, token: str) -> Exchange:
    """Ask who this token belongs to."""
    return context.http.send("GET", "/users/me", token=token)


def refused(answer: Exchange, why: str, *before: Exchange) -> None:
    """The answer is 401 with `WWW-Authenticate: Bearer`."""
    expect.problem(answer, 401, why=why, before=before)
    challenge = answer.header("www-authenticate")
    expect.holds(
        challenge.lower().startswith("bearer"),
        "WWW-Authenticate: Bearer",
        challenge or "no such header",
        *before,
        answer,
        claim="answer.headers['www-authenticate'].lower().startswith('bearer')",
    )


def registration(context: Context, email: str = "") -> dict[str, Any]:
    """What a registration with this address (or a new one) needs, an invitation included."""
    body = context.world.draft(USER).body
    body = {**body, "email": email or body["email"]}
    if context.application.accounts.sign_up == "invite":
        body["invitation"] = invitation_for(context, str(body["email"]))
    return body


def invitation_for(context: Context, email: str) -> str:
    """The token of a new invitation."""
    admin = context.world.actor("admin")
    answer = context.http.send("POST", "/auth/invitations", actor=admin, json={"email": email})
    return str(expect.set_up(answer, 201).json.get("token"))


@contextmanager
def at_another_address(context: Context) -> Iterator[Client]:
    """A client that the service sees at another address than the usual one."""
    source = other_address_of(context.controls)
    if not source:
        raise NotApplicable("the service cannot be reached from a second address here")
    with Client(context.http.base_url, source=source) as http:
        http.observers = context.http.observers
        yield http

"""The steps of signing in that the checks of this group are made of."""

from dataclasses import dataclass

from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange
from local_engine.verification.model.cast import PASSWORD


@dataclass(frozen=True)
class Session:
    """What signing in gives."""

    access: str
    refresh: str
    answer: Exchange


def password_of(actor: Actor) -> str:
    """The actor's password."""
    return actor.password or PASSWORD


def login(context: Context, email: str, password: str) -> Exchange:
    """Ask for tokens."""
    form = {"grant_type": "password", "username": email, "password": password}
    return context.http.send("POST", "/auth/login", form=form)


def signed_in(context: Context, actor: Actor) -> Session:
    """A new session of the actor; SetUpFailed where it is refused."""
    return session(expect.set_up(login(context, actor.email, password_of(actor)), 200))


def some_session(context: Context) -> Session:
    """A session of the first user that checks share and leave as it is."""
    return context.once("session", lambda: signed_in(context, context.world.actor("user")))


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

"""Signing in, staying signed in, signing out."""

from collections.abc import Iterator

from local_engine.verification import expect
from local_engine.verification.checks import Check
from local_engine.verification.context import Context
from local_engine.verification.groups.auth.flows import (
    login,
    me,
    password_of,
    refresh,
    refused,
    session,
    signed_in,
    some_session,
)


def checks() -> Iterator[Check]:
    """Checks of sessions."""
    yield Check("auth.login", "The right password gives tokens that work.", _login)
    yield Check("auth.login.wrong", "A wrong password or unknown address is 401.", _wrong)
    yield Check("auth.login.email_case", "E-mail addresses do not depend on case.", _case)
    yield Check("auth.refresh", "A refresh token gives new tokens, once.", _refresh)
    yield Check(
        "auth.refresh.reuse",
        "A refresh token used twice ends its whole family, and no other one.",
        _reuse,
    )
    yield Check("auth.refresh.garbage", "A refresh token that is none is 401.", _garbage)
    yield Check("auth.logout", "Signing out ends the session, and no other one.", _logout)


def _login(context: Context) -> None:
    actor = context.world.actor("user")
    tokens = signed_in(context, actor)
    answer = expect.status_is(me(context, tokens.access), 200, before=[tokens.answer])
    found = answer.json.get("email")
    expect.holds(found == actor.email, f"the account {actor.email}", str(found), answer)


def _wrong(context: Context) -> None:
    actor = context.world.actor("user")
    for email, password in ((actor.email, "not the password"), ("nobody@example.com", "x" * 12)):
        answer = login(context, email, password)
        refused(answer, "no such account with that password")


def _case(context: Context) -> None:
    actor = context.world.actor("user")
    expect.status_is(login(context, actor.email.upper(), password_of(actor)), 200)


def _refresh(context: Context) -> None:
    first = signed_in(context, context.world.actor("user"))
    answer = expect.status_is(refresh(context, first.refresh), 200, before=[first.answer])
    second = session(answer)
    expect.holds(second.refresh != first.refresh, "another refresh token", "the same one", answer)
    expect.status_is(me(context, second.access), 200, before=[answer])
    expect.status_is(refresh(context, second.refresh), 200, before=[answer])


def _reuse(context: Context) -> None:
    actor = context.world.actor("user")
    other = signed_in(context, actor)
    first = signed_in(context, actor)
    second = session(expect.set_up(refresh(context, first.refresh), 200))
    again = refresh(context, first.refresh)
    refused(again, "this token was used before", first.answer, second.answer)
    newest = refresh(context, second.refresh)
    refused(newest, "its family was revoked", first.answer, second.answer, again)
    unharmed = refresh(context, other.refresh)
    expect.status_is(unharmed, 200, why="another family", before=[other.answer, again])


def _garbage(context: Context) -> None:
    tokens = some_session(context)
    for token in ("garbage", "", tokens.access, tokens.refresh[:-2], "\x00", "x" * 5000):
        answer = refresh(context, token)
        expect.problem(answer, 401, 422, why="no refresh token")
    expect.problem(refresh(context, "garbage"), 401, why="no refresh token")


def _logout(context: Context) -> None:
    actor = context.world.actor("user")
    tokens, other = signed_in(context, actor), signed_in(context, actor)
    answer = context.http.send("POST", "/auth/logout", json={"refresh_token": tokens.refresh})
    expect.status_is(answer, 204)
    refused(refresh(context, tokens.refresh), "the session was ended", tokens.answer, answer)
    expect.status_is(refresh(context, other.refresh), 200, why="another session", before=[answer])

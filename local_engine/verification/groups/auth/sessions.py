"""Signing in, staying signed in, signing out."""

from collections.abc import Iterator

from local_engine.verification import expect
from local_engine.verification.checks import Check
from local_engine.verification.context import Context
from local_engine.verification.groups.auth.flows import (
    bystander,
    keep_as_bystander,
    lives_on,
    login,
    me,
    password_of,
    refresh,
    refused,
    session,
    signed_in,
    some_session,
    wrong_sign_ins,
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
    tokens = some_session(context)
    answer = expect.status_is(me(context, tokens.access), 200, before=[tokens.answer])
    found = answer.json.get("email")
    expect.holds(found == actor.email, f"the account {actor.email}", str(found), answer)


def _wrong(context: Context) -> None:
    for answer in wrong_sign_ins(context):
        refused(answer, "no such account with that password")


def _case(context: Context) -> None:
    actor = context.world.actor("user")
    answer = login(context, actor.email.upper(), password_of(actor))
    keep_as_bystander(context, expect.status_is(answer, 200))


def _refresh(context: Context) -> None:
    kept = bystander(context)
    first = kept[-1]
    answer = expect.status_is(refresh(context, first.refresh), 200, before=[first.answer])
    second = session(answer)
    expect.holds(second.refresh != first.refresh, "another refresh token", "the same one", answer)
    kept.append(second)
    expect.status_is(me(context, second.access), 200, before=[answer])
    lives_on(context, kept, "it was given last")


def _reuse(context: Context) -> None:
    other = bystander(context)
    first = signed_in(context, context.world.actor("user"))
    second = session(expect.set_up(refresh(context, first.refresh), 200))
    again = refresh(context, first.refresh)
    refused(again, "this token was used before", first.answer, second.answer)
    newest = refresh(context, second.refresh)
    refused(newest, "its family was revoked", first.answer, second.answer, again)
    lives_on(context, other, "another family", again)


def _garbage(context: Context) -> None:
    tokens = some_session(context)
    for token in ("garbage", "", tokens.access, tokens.refresh[:-2], "\x00", "x" * 5000):
        answer = refresh(context, token)
        expect.problem(answer, 401, 422, why="no refresh token")
    expect.problem(refresh(context, "garbage"), 401, why="no refresh token")


def _logout(context: Context) -> None:
    tokens, other = signed_in(context, context.world.actor("user")), bystander(context)
    answer = context.http.send("POST", "/auth/logout", json={"refresh_token": tokens.refresh})
    expect.status_is(answer, 204)
    refused(refresh(context, tokens.refresh), "the session was ended", tokens.answer, answer)
    lives_on(context, other, "another session", answer)

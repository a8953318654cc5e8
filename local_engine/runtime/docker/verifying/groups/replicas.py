"""Two replicas behind one port behave as one: what they know, they know together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from local_engine.runtime.docker.verifying.groups.deployed import (
    controls_of,
    creatable,
    post,
    there,
)
from local_engine.verification import expect
from local_engine.verification.checks import CheckFailed, NotApplicable, SetUpFailed
from local_engine.verification.context import Context, together
from local_engine.verification.groups.auth import flows
from local_engine.verification.http import Exchange, recorded

_ANEW = {"Connection": "close"}
"""Each request comes on a connection of its own, and these take turns."""
_TIMES = 6
_MOST_GUESSES = 40
_WRONG = "not the password"


def _sessions(context: Context) -> None:
    with _two(context):
        user = context.world.actor("user")
        signed_in = flows.login(context, user.email, flows.password_of(user), headers=_ANEW)
        session = flows.session(expect.status_is(signed_in, 200))
        for _ in range(_TIMES):
            mine = context.http.send("GET", "/users/me", token=session.access, headers=_ANEW)
            expect.status_is(mine, 200, why="the other replica signed in", before=[signed_in])
        renewed = expect.status_is(_refresh(context, session.refresh), 200)
        for _ in range(_TIMES):
            again = _refresh(context, session.refresh)
            flows.refused(again, "the refresh token was used up at one replica", renewed)


def _refresh(context: Context, token: str) -> Exchange:
    body = {"refresh_token": token}
    return context.http.send("POST", "/auth/refresh", json=body, headers=_ANEW)


def _idempotency(context: Context) -> None:
    with _two(context):
        entity, draft = creatable(context)
        if not draft.actor.id:
            raise NotApplicable("rows are made by whoever is not signed in: a key has no meaning")
        headers = {**_ANEW, "Idempotency-Key": str(uuid4())}
        sent: list[Callable[[], Exchange]] = [lambda: post(context.http, draft, headers)] * _TIMES
        answers = together(sent)
        answers += [post(context.http, draft, headers) for _ in range(_TIMES)]
        for answer in answers:  # 409: the first one is being handled
            expect.status_is(answer, 201, 409, why="the same key, at either replica")
        made: dict[Any, Exchange] = {one.json["id"]: one for one in answers if one.status == 201}
        expect.holds(len(made) == 1, "one row", f"{len(made)} rows", *made.values())
        (identity,) = made
        expect.holds(there(context, entity, identity), "the row is there", "it is not")


def _throttling(context: Context) -> None:
    """As many guesses at an account are free for two replicas as for one alone."""
    context.reset()
    alone = _guesses(context, context.world.actor("user").email)
    with _two(context):
        both = _guesses(context, context.world.actor("other").email)
    expect.holds(
        len(both) <= len(alone),
        f"429 after {len(alone)} guesses at an account, as by one service alone",
        f"{len(both)} guesses are free where two answer",
        *both[-1:],
    )


def _guesses(context: Context, email: str) -> list[Exchange]:
    """Wrong passwords until one is told to wait: those before."""
    free: list[Exchange] = []
    while len(free) < _MOST_GUESSES:
        answer = flows.login(context, email, _WRONG, headers=_ANEW)
        if answer.status == 429:
            return free
        free.append(expect.status_is(answer, 401))
    raise CheckFailed(f"429 within {_MOST_GUESSES} wrong passwords", "401 each time", free[-1:])


@contextmanager
def _two(context: Context) -> Iterator[None]:
    """A second replica answers, too; both have answered at the end, or nothing is shown.

    Each logs the ids of the requests that it answered. Other lines show nothing: the engine asks
    each of them by itself whether it is well.
    """
    controls = controls_of(context)
    with controls.siblings.replica() as other:
        context.reconnect()
        before = len(recorded())
        yield
        sent = {one.header("x-request-id") for one in recorded()[before:]} - {""}
        for identity in (controls.service, other):
            lines = controls.lines_of(identity)
            if not any(id_ in line for line in lines for id_ in sent):
                raise SetUpFailed("one of the two replicas was never asked")
    context.reconnect()


CHECKS = (
    ("replicas.sessions", "Who signed in at one replica is signed in at both.", _sessions, False),
    (
        "replicas.idempotency",
        "What is repeated with its Idempotency-Key is done once, whichever replica is asked.",
        _idempotency,
        False,
    ),
    ("replicas.throttling", "Guesses at passwords are counted together.", _throttling, True),
)

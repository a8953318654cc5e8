"""Rate limits that the Blueprint sets: the request after the last one allowed is 429."""

from collections.abc import Iterator
from functools import partial

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification import expect
from local_engine.verification.checks import Check, CheckFailed, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange

_MOST = 100
_TRIED = ("create", "list")


def checks(entity: Entity) -> Iterator[Check]:
    """One check a limited action that can be repeated."""
    for action, (times, seconds) in entity.rate_limits.items():
        name = f"contract.rate_limit.{action}.{entity.name.lower()}"
        sentence = f"Of {action} {entity.name}, {times} requests in {seconds} s are allowed."
        if action not in _TRIED or times > _MOST:
            reason = f"{times} times {action} cannot be tried here"
            yield Check(name, sentence, None, reason)
        else:
            run = partial(_limited, entity, action, times)
            yield Check(name, sentence, run, about_limits=True)


def _limited(entity: Entity, action: str, times: int, context: Context) -> None:
    context.reset()
    for number in range(1, times + 2):
        answer = _request(entity, action, context)
        if answer.status == 429:
            _refused_in_time(answer, number, times)
            return
    raise CheckFailed(f"429 at request {times + 1}", f"status {answer.status}", (answer,))


def _request(entity: Entity, action: str, context: Context) -> Exchange:
    if action == "create":
        draft = context.world.draft(entity.name)
        return context.http.send("POST", draft.path, actor=draft.actor, json=draft.body)
    actor = context.once(
        ("limited", entity.name), lambda: context.world.who_can(entity.name, action)
    )
    if actor is None:
        raise NotApplicable(f"no actor at hand may {action} such rows")
    path = context.once(("limited", "path"), lambda: context.world.path_of(entity.name))
    return context.http.send("GET", path, actor=actor)


def _refused_in_time(answer: Exchange, number: int, times: int) -> None:
    expect.problem(answer, 429)
    wait = answer.header("retry-after")
    expect.holds(wait.isdigit(), "Retry-After in seconds", wait or "no such header", answer)
    expect.holds(number == times + 1, f"{times} requests answered", f"{number - 1}", answer)

"""A prompt's Blueprint made by the cloud: followed, called off with the job, and checked here."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from local_engine.account import CloudError
from local_engine.account.generations import CalledOff, words_of
from local_engine.contracts.generation import (
    Generation,
    GenerationRequest,
    Made,
    Noticed,
    NumberedEvent,
    Quota,
)
from local_engine.generator.blueprint import BlueprintErrors, load
from local_engine.generator.planner import Decision, Question
from local_engine.generator.planner import events as planner_events
from local_engine.jobs.designs import CloudOf, Drafted, OnEvent
from local_engine.jobs.models import Making, ModelChoice
from local_engine.jobs.run import JobCancelled, JobFailed, Run

if TYPE_CHECKING:
    from local_engine.account import Account
    from local_engine.generator.planner import PlanEvent

EXTENSION_PATH = re.compile(r"(app/extensions/[a-z0-9_]+|tests/test_[a-z0-9_]+_extension)\.py")
_BY_KIND: dict[str, type[PlanEvent]] = {
    re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower(): value
    for name, value in vars(planner_events).items()
    if isinstance(value, type) and issubclass(value, planner_events.PlanEvent)
}


def draft_by_cloud(
    prompt: str, choice: ModelChoice, cloud: CloudOf, run: Run, on_event: OnEvent
) -> Drafted:
    """Have the cloud make the Blueprint, within the caps. Raises `JobFailed`, `JobCancelled`."""
    try:
        account = cloud()
        run.log(f"The cloud at {account.address}: {_left(account.usage())}")
        generation = _generated(prompt, choice, account, run, on_event)
    except CalledOff:
        raise JobCancelled from None
    except CloudError as error:
        raise job_failed(error) from None
    if generation.quota is not None:
        run.log(f"The cloud: {_left(generation.quota)}")
    if generation.result is None:
        raise JobFailed("no-answer", "The cloud has made no Blueprint.")
    return _drafted(generation, generation.result)


def job_failed(error: CloudError) -> JobFailed:
    """What the cloud, or the way to it, refuses, as the end of a job."""
    return JobFailed(error.code, error.message, hint=error.hint)


def _generated(
    prompt: str, choice: ModelChoice, account: Account, run: Run, on_event: OnEvent
) -> Generation:
    request = GenerationRequest(
        id=uuid4(),
        prompt=prompt,
        max_tokens=choice.max_tokens,
        max_cost_microdollars=choice.max_cost_microdollars,
    )
    generation = account.generation(request)

    def tell(numbered: NumberedEvent) -> None:
        run.check()
        if words := words_of(numbered):
            run.log(words)
        found = _found(numbered)
        if found is not None:
            on_event(found)

    with run.cancelling(generation.cancel):
        return generation.follow(tell)


def _found(numbered: NumberedEvent) -> PlanEvent | None:
    """What was found out about the Blueprint; None for what only a newer engine knows."""
    event = numbered.event
    if not isinstance(event, Noticed) or event.kind not in _BY_KIND:
        return None
    kind = _BY_KIND[event.kind]
    names = {one.name for one in fields(kind)} - {"path"}
    if not names <= set(event.facts):
        return None
    facts: dict[str, Any] = {name: event.facts[name] for name in names}
    plain = {name: tuple(v) if isinstance(v, list) else v for name, v in facts.items()}
    return kind(path=event.path, **plain)


def _drafted(generation: Generation, made: Made) -> Drafted:
    """What the cloud made, as one's own. Raises `JobFailed` for what cannot be used here."""
    try:
        _ = load(made.blueprint).application
    except BlueprintErrors as errors:
        raise JobFailed(
            "cloud-not-understood",
            f"The cloud's Blueprint says what this engine does not know: {errors.problems[0]}",
            hint="Update Backend Generator.",
        ) from None
    odd = [path for path in made.extensions if not EXTENSION_PATH.fullmatch(path)]
    if odd:
        raise JobFailed(
            "cloud-not-understood", f"The cloud's answer has a file that may not be: {odd[0]!r}."
        )
    decisions = tuple(
        Decision(one.path, one.what, one.why, one.quote, assumed=True) for one in made.assumed
    )
    questions = tuple(Question(one.text, tuple(one.options), one.about) for one in made.questions)
    making = Making(
        via="cloud",
        models=[generation.model] if generation.model and generation.way != "no-model" else [],
        tokens=generation.usage.tokens,
        cost_microdollars=generation.usage.cost_microdollars,
        notes=list(made.notes),
    )
    return Drafted(made.blueprint, decisions, questions, making, dict(made.extensions))


def _left(quota: Quota) -> str:
    """What may be used today yet."""
    runs = max(0, quota.generations.limit - quota.generations.used)
    tokens = max(0, quota.tokens.limit - quota.tokens.used)
    money = max(0, quota.cost_microdollars.limit - quota.cost_microdollars.used) / 1_000_000
    return f"{runs:,} runs, {tokens:,} tokens and ${money:.2f} left for today"

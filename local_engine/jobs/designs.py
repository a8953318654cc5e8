"""A prompt's Blueprint as the user wants it made: by rules, or by a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_engine.jobs.models import KeyOf, Making, ModelChoice, ask_models
from local_engine.jobs.run import JobFailed, Run

if TYPE_CHECKING:
    from local_engine.account import Account
    from local_engine.generator.agents.designing import Design
    from local_engine.generator.agents.providers import Call, Provider
    from local_engine.generator.agents.refining import ModelRefinement
    from local_engine.generator.blueprint import Blueprint, Document
    from local_engine.generator.planner import Decision, PlanEvent, Question

OnEvent = Callable[["PlanEvent"], None]
CloudOf = Callable[[], "Account"]
"""Opens the user's account in the cloud. Raises `CloudError`."""


@dataclass(frozen=True)
class Drafted:
    """A Blueprint's text, how it came about, and functions that were written for it, by path."""

    text: str
    decisions: tuple[Decision, ...]
    questions: tuple[Question, ...]
    making: Making
    extensions: dict[str, str]


def draft(
    prompt: str,
    choice: ModelChoice,
    key_of: KeyOf,
    run: Run,
    on_event: OnEvent,
    cloud: CloudOf | None = None,
    *,
    functions: bool = True,
) -> Drafted:
    """Make the Blueprint. Raises PlanningError as the planner does, and `JobFailed`.

    `cloud` opens the account that a choice of the cloud needs. Without `functions`, a model is not
    asked (nor paid) for the bodies of extension points; the cloud writes them all the same.
    """
    from local_engine.generator.planner import plan

    if choice.via == "cloud":
        from local_engine.jobs.clouded import draft_by_cloud

        if cloud is None:
            raise JobFailed("no-cloud", "There is no way to the cloud from here.")
        return draft_by_cloud(prompt, choice, cloud, run, on_event)

    if choice.via == "no-model":
        plan_ = plan(prompt, on_event=on_event)
        return Drafted(plan_.text, plan_.decisions, plan_.questions, Making(via="no-model"), {})

    async def work(provider: Provider, call: Call) -> Drafted:
        from local_engine.generator.agents.designing import design

        async def tell(event: PlanEvent) -> None:
            on_event(event)

        made = await design(prompt, provider, call, on_event=tell)
        return await _with_functions(prompt, choice, made, provider, call, wanted=functions)

    return ask_models(choice, key_of, run, work)


async def _with_functions(
    prompt: str,
    choice: ModelChoice,
    made: Design,
    provider: Provider,
    call: Call,
    *,
    wanted: bool,
) -> Drafted:
    from local_engine.generator.agents.extending import extend
    from local_engine.generator.blueprint import load
    from local_engine.generator.emit import emit

    used, notes, functions = made.used, list(made.notes), {}
    if made.wishes and not wanted:
        notes.append(
            f"Functions to be written: {len(made.wishes)}. `create` asks the model for them too."
        )
    elif made.wishes:
        tree = emit(load(made.text).application, made.text)
        files = {path: tree.text(path) for path in tree}
        extended = await extend(prompt, made.wishes, files, provider, call)
        used, functions = used + extended.used, dict(extended.files)
        notes += extended.notes
    making = Making(
        via=choice.via,
        models=list(made.models),
        tokens=used.tokens,
        cost_microdollars=used.cost_microdollars,
        notes=notes,
    )
    return Drafted(made.text, made.decisions, made.questions, making, functions)


def refine_by_model(
    prompt: str,
    document: Document,
    base: Blueprint | None,
    choice: ModelChoice,
    key_of: KeyOf,
    run: Run,
) -> tuple[ModelRefinement, Making]:
    """The edits that a prompt asks for, by a model. Raises PlanningError and `JobFailed`."""

    async def work(provider: Provider, call: Call) -> ModelRefinement:
        from local_engine.generator.agents.refining import refine

        return await refine(prompt, document, provider, call, base=base)

    if choice.via == "no-model":
        raise JobFailed("no-model", "No model was chosen.")
    found = ask_models(choice, key_of, run, work)
    making = Making(
        via=choice.via,
        models=list(found.models),
        tokens=found.used.tokens,
        cost_microdollars=found.used.cost_microdollars,
        notes=list(found.notes),
    )
    return found, making

"""`plan`: reads a prompt, composes a Blueprint, and accounts for every word of the prompt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_engine.generator.blueprint import Blueprint
from local_engine.generator.blueprint.canonical import dump
from local_engine.generator.planner.composing.access import decide_access
from local_engine.generator.planner.composing.announcing import (
    announce_contents,
    announce_entities,
    announce_rules,
)
from local_engine.generator.planner.composing.document import plain_blueprint, settle
from local_engine.generator.planner.composing.relations import relate
from local_engine.generator.planner.composing.rules import apply_early, apply_late
from local_engine.generator.planner.composing.states import usual_states
from local_engine.generator.planner.composing.structures import build_structures, tenancy
from local_engine.generator.planner.composing.things import (
    add_fields,
    complete_things,
    settle_roles,
)
from local_engine.generator.planner.coverage import ask_about_rest
from local_engine.generator.planner.draft import Draft
from local_engine.generator.planner.events import PlanEvent
from local_engine.generator.planner.language import refuse_other_languages, refuse_shapes
from local_engine.generator.planner.reading.prompt import read_prompt
from local_engine.generator.planner.results import NotUnderstood, Plan, Question
from local_engine.generator.planner.tokens import tokenise

_WHAT = (
    "What should the backend store, and who uses it? Name the things and what people do with them."
)


def plan(prompt: str, *, on_event: Callable[[PlanEvent], None] | None = None) -> Plan:
    """The Blueprint that a prompt describes; the same for the same prompt.

    `on_event` is called with every finding, in the order in which it is made. Raises PlanningError
    for an empty prompt, NotUnderstood (a PlanningError) where nothing says what to store.
    """
    refuse_shapes(prompt)
    tokens = tokenise(prompt)
    refuse_other_languages(tokens)
    draft = Draft(prompt, on_event or (lambda _: None))
    used = read_prompt(draft, tokens)
    apply_early(draft, used)
    complete_things(draft)
    if not draft.things:
        raise NotUnderstood(
            Question(f"I did not understand what to build. {_WHAT}", (), prompt[:200])
        )
    if not draft.name:
        draft.name = next(iter(draft.things.values())).name
        draft.decide("name", draft.name, None, "the prompt gives no name")
    blueprint = _compose(draft, used, frozenset(token.lower for token in tokens))
    ask_about_rest(draft, tokens, used)
    return Plan(blueprint, dump(blueprint), tuple(draft.decisions), tuple(draft.questions))


def _order(draft: Draft, tenant: dict[str, Any] | None) -> None:
    """Tenants and their members first; parts of a pattern behind what they are part of."""
    first = {tenant["tenant"], tenant["through"]} if tenant else set()
    draft.things = dict(sorted(draft.things.items(), key=lambda item: item[1].name not in first))


def _compose(draft: Draft, used: set[int], words: frozenset[str]) -> Blueprint:
    settle_roles(draft)
    tenant = tenancy(draft)
    build_structures(draft)
    _order(draft, tenant)
    announce_entities(draft)
    add_fields(draft)
    relate(draft)
    usual_states(draft, words)
    apply_late(draft, used)
    announce_contents(draft)
    announce_rules(draft)
    decide_access(draft)
    return settle(plain_blueprint(draft, tenant), draft.ask)

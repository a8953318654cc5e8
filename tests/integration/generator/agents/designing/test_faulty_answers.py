"""What goes wrong on the way to a Blueprint: mended by asking again, or the planner's."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from answers_of_blueprint import replies_of
from designing_by_script import PROVIDERS, design_with, provider_of
from model_providers import Asked, ModelProviders
from repository_rules import ROOT
from scripted_replies import Script

from local_engine.generator.agents.providers import Budget, KeyRejected, Usage
from local_engine.generator.agents.providers.protocol import CallStarts
from local_engine.generator.blueprint import Blueprint, dump, load_file
from local_engine.generator.planner import plan

PROMPT = "A simple todo API"
every_provider = pytest.mark.parametrize("name", PROVIDERS)


def todo() -> Blueprint:
    return load_file(ROOT / "docs/examples/01-todo/blueprint.yaml").blueprint


def store() -> Blueprint:
    return load_file(ROOT / "tests/fakes/designs/store.yaml").blueprint


def changed(reply: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The reply with other options of the first field of its first entity."""
    made = copy.deepcopy(reply)
    made["answer"]["entities"][0]["fields"][0] |= options
    return made


def prompt_of(asked: Asked) -> str:
    """What the model was shown last."""
    if "contents" in asked.body:
        return str(asked.body["contents"][-1]["parts"][0]["text"])
    return str(asked.body["messages"][-1]["content"])


@every_provider
def test_fault_is_shown_beside_the_bad_value_and_mended(name: str) -> None:
    replies = replies_of(store())
    wrong = changed(replies[1], type="string", pattern="(unclosed")
    with ModelProviders(Script.of(replies[0], wrong, *replies[1:])) as stand_in:
        outcome = design_with(provider_of(stand_in, name), "A store")
        again = [prompt_of(one) for one in stand_in.asked if "// WRONG" in prompt_of(one)]
        assert stand_in.script.left == 0
    (shown,) = again
    (line,) = [line for line in shown.splitlines() if "// WRONG: " in line]
    assert line.strip().startswith('"pattern": "(unclosed"')
    assert "Give fields and relations of: Category, Product" in shown, "that group only"
    assert outcome.design.text == dump(store())


def test_what_stays_wrong_is_the_planners_after_three_times() -> None:
    outline, structure, behaviour = replies_of(todo())
    wrong = changed(structure, type="integer", default="many")
    with ModelProviders(Script.of(outline, *[wrong] * 4, behaviour)) as stand_in:
        outcome = design_with(provider_of(stand_in, "openai"), PROMPT)
        assert len(stand_in.asked) == 6
        assert stand_in.unscripted == []
    planned = plan(PROMPT).blueprint.entities["Todo"]
    assert outcome.design.blueprint.entities["Todo"] == planned
    decided = outcome.design.decisions[-1]
    assert decided.path == "entities.Todo.fields"
    assert "planner" in decided.why
    assert decided.assumed


def test_what_the_planner_does_not_know_either_is_left_out_and_asked_about() -> None:
    outline, structure, behaviour = copy.deepcopy(replies_of(todo()))
    for reply in (outline, structure, behaviour):
        reply["answer"]["entities"][0]["name"] = "Chore"
        reply["when"] = reply["when"].replace("Todo", "Chore")
    structure["answer"]["entities"][0]["fields"].append(
        {"name": "effort", "type": "integer", "default": "many"}
    )
    with ModelProviders(Script.of(outline, *[structure] * 4, behaviour)) as stand_in:
        design = design_with(provider_of(stand_in, "openai"), PROMPT).design
    assert set(design.blueprint.entities["Chore"].fields) == {
        "title",
        "description",
        "done",
        "due_on",
    }
    assert "entities.Chore.fields.effort" in [question.about for question in design.questions]


@every_provider
def test_what_is_written_in_another_way_is_understood_at_once(name: str) -> None:
    outline, structure, behaviour = replies_of(todo())
    fields = structure["answer"]["entities"][0]["fields"]
    mapping = {one["name"]: {**one, "Type": one["type"].upper()} for one in fields}
    for one in mapping.values():
        del one["name"], one["type"]
    structure["answer"]["entities"][0]["fields"] = mapping
    behaviour["answer"]["entities"][0]["access"] |= {"list": "owner", "surprise": 1}
    with ModelProviders(Script.of(outline, structure, behaviour)) as stand_in:
        outcome = design_with(provider_of(stand_in, name), PROMPT)
        assert len(stand_in.asked) == 3
    assert outcome.design.text == dump(todo())


@every_provider
def test_malformed_answer_is_asked_for_again(name: str) -> None:
    outline, structure, behaviour = replies_of(todo())
    broken = {"kind": "answer", "text": "I think that a todo list needs", "when": structure["when"]}
    with ModelProviders(Script.of(outline, broken, structure, behaviour)) as stand_in:
        outcome = design_with(provider_of(stand_in, name), PROMPT)
        assert "no JSON object" in prompt_of(stand_in.asked[2])
    assert outcome.design.text == dump(todo())


@every_provider
def test_truncated_group_is_split(name: str) -> None:
    blueprint = store()
    replies = replies_of(blueprint)
    first = replies[1]
    items = first["answer"]["entities"]
    cut = {"kind": "truncated", "text": '{"entities": [', "when": first["when"]}
    halves = [
        {
            "kind": "answer",
            "answer": {"entities": half},
            "when": f"relations of: {', '.join(one['name'] for one in half)}.",
        }
        for half in (items[:3], items[3:])
    ]
    script = Script.of(replies[0], cut, *halves, *replies[2:])
    with ModelProviders(script) as stand_in:
        outcome = design_with(provider_of(stand_in, name), "A store")
        assert stand_in.script.left == 0
    assert outcome.design.text == dump(blueprint)
    assert outcome.design.notes == ()


@every_provider
def test_refused_part_is_the_planners_and_the_notes_say_so(name: str) -> None:
    outline, structure, behaviour = replies_of(todo())
    refused = {"kind": "refused", "when": structure["when"]}
    with ModelProviders(Script.of(outline, refused, behaviour)) as stand_in:
        design = design_with(provider_of(stand_in, name), PROMPT).design
    assert design.blueprint.entities["Todo"] == plan(PROMPT).blueprint.entities["Todo"]
    assert any("planner made that part by rules" in note for note in design.notes)


@every_provider
@pytest.mark.parametrize(
    "trouble",
    [
        {"kind": "quota", "retry_after": "0"},
        {"kind": "error", "status": 503},
        {
            "kind": "dropped",
            "text": '{"entities": [{"name": "Todo", "fields": [], "relations": []}]}',
        },
    ],
    ids=lambda trouble: str(trouble["kind"]),
)
def test_passing_trouble_changes_nothing(name: str, trouble: dict[str, Any]) -> None:
    outline, structure, behaviour = replies_of(todo())
    script = Script.of(outline, trouble | {"when": structure["when"]}, structure, behaviour)
    with ModelProviders(script) as stand_in:
        outcome = design_with(provider_of(stand_in, name), PROMPT)
    assert outcome.design.text == dump(todo())
    assert "Retrying" in outcome.kinds


@every_provider
def test_provider_that_is_gone_leaves_the_rest_to_the_planner(name: str) -> None:
    outline, structure, _ = replies_of(todo())
    gone = {"kind": "error", "status": 503, "repeat": True}
    with ModelProviders(Script.of(outline, structure, gone)) as stand_in:
        design = design_with(provider_of(stand_in, name), PROMPT).design
    assert design.text == dump(todo())
    (note,) = design.notes
    assert "planner made the rest by rules" in note


@every_provider
def test_without_any_answer_the_planner_makes_it(name: str) -> None:
    with ModelProviders(Script.of({"kind": "quota", "per_day": True, "repeat": True})) as stand_in:
        design = design_with(provider_of(stand_in, name), PROMPT).design
    assert design.text == plan(PROMPT).text
    assert design.models == ()
    assert "The planner made this by rules" in design.notes[0]


def test_wrong_key_is_for_a_person_to_mend() -> None:
    with ModelProviders(Script.of(), keys=()) as stand_in:
        outcome = design_with(provider_of(stand_in, "groq"), PROMPT)
    assert isinstance(outcome.error, KeyRejected)


def test_words_that_the_planner_does_not_understand_are_the_models() -> None:
    with ModelProviders(Script.of(*replies_of(todo()))) as stand_in:
        outcome = design_with(provider_of(stand_in, "openai"), "Eine einfache Aufgabenliste bitte")
    assert outcome.design.text == dump(todo())


@every_provider
@pytest.mark.parametrize("tokens", [4_000, 9_000, 12_000, 30_000])
def test_budget_is_never_exceeded_and_calls_are_told_before(name: str, tokens: int) -> None:
    blueprint = store()
    replies = [
        reply | {"usage": {"input": 0, "output": 0, "thinking": 0}}
        for reply in replies_of(blueprint)
    ]
    # As many tokens as the question and the answer have bytes: more than any provider counts.
    with ModelProviders(Script.of(*replies)) as stand_in:
        budget = Budget(tokens=tokens)
        outcome = design_with(provider_of(stand_in, name), "A store", budget=budget)
        largest = [len(str(one.body)) // 4 for one in stand_in.asked]
    assert outcome.error is None
    starts = [event for event in outcome.events if isinstance(event, CallStarts)]
    assert len(starts) == len(stand_in.asked)
    for start, size in zip(starts, largest, strict=True):
        assert start.reserved.tokens <= tokens
        assert start.reserved.input_tokens >= size, "the prompt is counted generously"
    if tokens < 9_000:
        assert any("budget" in note for note in outcome.design.notes)


def test_money_is_kept_to_as_well() -> None:
    blueprint = store()
    with ModelProviders(Script.of(*replies_of(blueprint))) as stand_in:
        budget = Budget(microdollars=15_000)
        outcome = design_with(provider_of(stand_in, "gemini"), "A store", budget=budget)
    used: Usage = outcome.design.used
    assert used.cost_microdollars is not None
    assert 0 < used.cost_microdollars <= 15_000
    assert budget.microdollars == 15_000 - used.cost_microdollars
    assert any("budget" in note for note in outcome.design.notes)

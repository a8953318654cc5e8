"""Refining by a model that the stand-in plays: typed edits, asked for again, or the rules."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from designing_by_script import provider_of
from model_providers import ModelProviders
from repository_rules import ROOT
from scripted_replies import Script

from local_engine.generator.agents.providers import Budget, Call
from local_engine.generator.agents.refining import ModelRefinement, refine
from local_engine.generator.blueprint import Document, differences, load_file
from local_engine.generator.blueprint.editing import apply_edits
from local_engine.generator.changing import consequences

PROMPT = "Todos get stars from 0 to 5, and call the due date deadline"
STARS = {
    "edit": "add_field",
    "entity": "Todo",
    "field": "stars",
    "definition": "{type: integer, min: 0, max: 5, default: 0}",
    "why": "Todos get stars",
}
DEADLINE = {
    "edit": "rename_field",
    "entity": "Todo",
    "field": "due_on",
    "to": "deadline",
    "why": "call the due date deadline",
}


def todo() -> Document:
    return load_file(ROOT / "docs/examples/01-todo/blueprint.yaml")


def refined(
    script: Script, name: str = "openai", prompt: str = PROMPT, budget: Budget | None = None
) -> tuple[ModelRefinement, ModelProviders]:
    with ModelProviders(script) as stand_in:
        provider = provider_of(stand_in, name)

        async def run() -> ModelRefinement:
            try:
                return await refine(prompt, todo(), provider, Call.lasting(60, budget=budget))
            finally:
                await provider.aclose()

        return asyncio.run(run()), stand_in


def answer(*edits: dict[str, Any], questions: tuple[str, ...] = ()) -> dict[str, Any]:
    asked = [{"text": text, "options": []} for text in questions]
    return {"kind": "answer", "answer": {"edits": list(edits), "questions": asked}}


@pytest.mark.parametrize("name", ["gemini", "groq", "openai"])
def test_prompt_becomes_typed_edits_with_their_consequences(name: str) -> None:
    refinement, stand_in = refined(Script.of(answer(STARS, DEADLINE)), name)
    assert len(stand_in.asked) == 1
    assert [change.edit.edit for change in refinement.changes] == ["add_field", "rename_field"]
    assert refinement.changes[0].quote == "Todos get stars"
    document = todo()
    after = apply_edits(document, refinement.edits).document
    told = [str(one) for one in differences(document.blueprint, after.blueprint)]
    assert len(told) == 2
    assert after.blueprint.entities["Todo"].fields["deadline"].was == "due_on"
    found = consequences(document, after)
    assert found.migration is not None
    assert not found.loses_data
    assert refinement.used.tokens == 120


def test_edit_that_does_not_fit_is_shown_with_its_fault() -> None:
    wrong = STARS | {"definition": "{type: integer, least: 0}"}
    misplaced = DEADLINE | {"field": "due"}
    script = Script.of(answer(wrong, DEADLINE), answer(STARS, misplaced), answer(STARS, DEADLINE))
    refinement, stand_in = refined(script)
    first, second = (one.body["messages"][-1]["content"] for one in stand_in.asked[1:])
    assert '"definition": "{type: integer, least: 0}"  // WRONG: There is no key' in first
    assert '"field": "due"  // WRONG: There is no Todo field' in second
    assert len(refinement.changes) == 2


def test_edits_whose_outcome_is_no_blueprint_are_refused_as_a_whole() -> None:
    owner = {"edit": "remove_relation", "entity": "Todo", "relation": "owner", "why": "assumed"}
    refinement, stand_in = refined(Script.of(answer(owner), answer(STARS)))
    assert "// WRONG: With these edits," in stand_in.asked[1].body["messages"][-1]["content"]
    assert [change.edit.edit for change in refinement.changes] == ["add_field"]


def test_rules_take_over_from_a_model_that_cannot() -> None:
    wrong = answer(STARS | {"entity": "Nothing"})
    refinement, stand_in = refined(Script.of(*[wrong] * 4), prompt="rename todo to task")
    assert len(stand_in.asked) == 4
    assert [change.edit.edit for change in refinement.changes] == ["rename_entity"]
    assert "by rules" in refinement.notes[0]
    assert refinement.models == ()


@pytest.mark.parametrize("reply", [{"kind": "refused"}, {"kind": "quota", "per_day": True}])
def test_rules_take_over_where_the_provider_does_not_answer(reply: dict[str, Any]) -> None:
    refinement, _ = refined(Script.of(reply), prompt="rename todo to task")
    assert [change.edit.edit for change in refinement.changes] == ["rename_entity"]
    assert "by rules" in refinement.notes[0]


def test_nothing_is_asked_beyond_the_budget() -> None:
    refinement, stand_in = refined(Script.of(), prompt="rename todo to task", budget=Budget(100))
    assert stand_in.asked == []
    assert "budget" in refinement.notes[0]


def test_questions_come_without_edits() -> None:
    refinement, _ = refined(Script.of(answer(questions=("How many stars?",))))
    assert refinement.changes == ()
    assert [question.text for question in refinement.questions] == ["How many stars?"]

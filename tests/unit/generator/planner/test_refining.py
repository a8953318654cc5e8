"""Refining: what a prompt about a Blueprint becomes, written down by hand, and what it must not."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_engine.generator.blueprint import Document, load_file
from local_engine.generator.blueprint.editing import apply_edits, edits_of
from local_engine.generator.blueprint.yaml import read_yaml
from local_engine.generator.planner import NotUnderstood, PlanningError
from local_engine.generator.planner.refining import refine

ROOT = Path(__file__).parents[4]
TABLE = Path(__file__).parent / "data/refinements.yaml"
WORDS = (
    *("add", "a", "the", "to", "of", "posts", "title", "remove", "rename", "only", "admins"),
    *("may", "delete", "users", "can", "be", "make", "unique", "optional", "80", "characters"),
    *("limit", "comment", "on", "and", "role", "report", "monthly", "private", "never", "negative"),
    *("todo", "order", "'", ".", ";", "DROP"),
)
CASES: list[dict[str, Any]] = read_yaml(TABLE.read_text("utf-8"))[0].data


@cache
def example(number: str) -> Document:
    [file] = (ROOT / "docs/examples").glob(f"{number}-*/blueprint.yaml")
    return load_file(file)


def _id(case: dict[str, Any]) -> str:
    return f"{case['in']} {case['say']}"


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_a_prompt_becomes_these_edits_or_this_question(case: dict[str, Any]) -> None:
    found = refine(case["say"], example(case["in"]))
    wanted = [edit.plain() for edit in edits_of(case.get("edits", []))]
    assert [edit.plain() for edit in found.edits] == wanted
    assert bool(found.questions) is ("asks" in case), found.questions
    if "asks" in case:
        assert case["asks"] in " ".join(question.text for question in found.questions)
    assert all(change.why and change.quote for change in found.changes)


def test_the_table_covers_every_example_and_more_than_sixty_phrases() -> None:
    assert len(CASES) > 70
    assert {case["in"] for case in CASES} == {f"{number:02}" for number in range(1, 13)}


@pytest.mark.parametrize("prompt", ["", "   \n", "\t"])
def test_an_empty_prompt_is_refused(prompt: str) -> None:
    with pytest.raises(PlanningError, match="empty"):
        refine(prompt, example("01"))


def test_another_language_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="German"):
        refine(
            "Füge den Aufgaben bitte ein Feld für die Priorität und den Ort hinzu", example("01")
        )


def test_one_prompt_may_ask_for_several_things_and_some_of_them_stay_open() -> None:
    prompt = "Add a due date to lists. Make them shiny; then rename the product to Chores"
    found = refine(prompt, example("02"))
    assert [change.quote for change in found.changes] == [
        "Add a due date to lists",
        "rename the product to Chores",
    ]
    assert [question.about for question in found.questions] == ["Make them shiny"]


def test_later_sentences_see_what_earlier_ones_made() -> None:
    found = refine("add tags to todos. rename tag to label", example("01"))
    assert [edit.plain()["edit"] for edit in found.edits] == [
        "add_entity", "add_relation", "rename_entity", "rename_relation",
    ]  # fmt: skip
    text = apply_edits(example("01"), found.edits).document.text
    assert "labels: {links: Label}" in text


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([f"{number:02}" for number in range(1, 13)]),
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(WORDS),
            max_size=9,
        ).map(" ".join),
    ),
)
def test_any_words_give_edits_that_fit_or_questions(number: str, prompt: str) -> None:
    try:
        found = refine(prompt, example(number))
    except PlanningError:
        return
    assert found.changes or found.questions or not prompt.strip(" .;,'\"!?\n\t")
    if found.changes:
        apply_edits(example(number), found.edits)

"""Errors, questions, reasons, events, hostile words, speed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local_engine.generator.blueprint import load
from local_engine.generator.planner import NotUnderstood, PlanningError, plan
from local_engine.generator.planner.events import (
    AccessDecided,
    EntityFound,
    FieldFound,
    OperationFound,
    PlanEvent,
    QuestionRaised,
    RelationFound,
    RoleFound,
    RuleFound,
    StatesFound,
)
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.tokens import tokenise

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t"])
def test_an_empty_prompt_is_an_error(prompt: str) -> None:
    with pytest.raises(PlanningError) as caught:
        plan(prompt)
    assert not isinstance(caught.value, NotUnderstood)
    assert caught.value.hint


@pytest.mark.parametrize(
    "prompt", ["asdf qwer", "make me rich", "🎂🎂", "__class__", "hello", "x" * 300, "....", "42"]
)
def test_nonsense_gets_a_question(prompt: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        plan(prompt)
    assert caught.value.question.text.endswith(".") or "?" in caught.value.question.text
    assert "store" in caught.value.question.text


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("Ich möchte eine App für Rezepte und Zutaten", "German"),
        ("Je veux une application pour gérer des recettes", "French"),
        ("Quiero una aplicación para gestionar las recetas", "Spanish"),
        ("レシピのアプリを作ってください", "English"),
    ],
)
def test_other_languages_are_named(prompt: str, language: str) -> None:
    with pytest.raises(NotUnderstood, match=language):
        plan(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "entity called `; DROP TABLE`",
        "An API for users, orders, classes and selects",
        "select with class, def, user, id, status, model_config and created_at",
        "Store with " + "x" * 300 + "s with names and __class__",
        "A store with products (name, 🎂, __init__, price); DROP TABLE users; --",
        "Robots with ../../etc/passwd and ${HOME} and {{7*7}}",
        "Files, sessions, reports, feeds, operations, tables and groups with limit, cursor, sort",
        "Admins, members and owners manage users, roles and permissions of documents",
        "import os with lambda, None, True and False",
        "A blog with posts\x00 and \ud800 comments",
    ],
)
def test_hostile_words_become_safe_names(prompt: str) -> None:
    try:
        planned = plan(prompt)
    except NotUnderstood:
        return
    application = load(planned.text).application
    assert application.own_entities


def test_every_decision_says_why() -> None:
    text = (EXAMPLES / "03-blog" / "prompt.txt").read_text(encoding="utf-8")
    for decision in plan(text).decisions:
        assert decision.path
        assert decision.what
        if decision.assumed:
            assert decision.quote is None
            assert decision.why.startswith("assumed: ")
        else:
            assert decision.span is not None
            start, end = decision.span
            assert decision.quote == " ".join(text[start:end].split())


def test_what_is_not_placed_is_asked() -> None:
    prompt = "A blog where authors write posts. Quantum flux capacitors hum gently."
    texts = " ".join(question.text for question in plan(prompt).questions)
    for word in ("Quantum", "hum", "gently"):
        assert word in texts


def test_every_content_word_is_used_or_asked() -> None:
    prompt = "A shop with products (name, price) where wizards frobnicate 17 blurbs at midnight"
    planned = plan(prompt)
    said = " ".join(
        [
            *(question.text for question in planned.questions),
            *(decision.quote or "" for decision in planned.decisions),
            *planned.blueprint.entities,
        ]
    ).lower()
    for token in tokenise(prompt):
        if token.is_word and not lexicon().is_empty(token.lower):
            assert token.lower.rstrip("s") in said, token.text


def test_events_come_as_things_are_found() -> None:
    events: list[PlanEvent] = []
    for name in ("08-forum", "09-wallet", "10-hotel-bookings"):
        text = (EXAMPLES / name / "prompt.txt").read_text(encoding="utf-8")
        plan(text, on_event=events.append)
    plan("A blog where authors write posts and zonk", on_event=events.append)
    kinds = {type(event) for event in events}
    assert kinds == {
        EntityFound,
        FieldFound,
        RelationFound,
        RuleFound,
        StatesFound,
        AccessDecided,
        OperationFound,
        RoleFound,
        QuestionRaised,
    }


def test_events_tell_every_entity_of_the_plan() -> None:
    events: list[PlanEvent] = []
    text = (EXAMPLES / "05-online-store" / "prompt.txt").read_text(encoding="utf-8")
    planned = plan(text, on_event=events.append)
    told = {event.entity for event in events if isinstance(event, EntityFound)}
    assert told == set(planned.blueprint.entities)


def test_the_same_prompt_gives_the_same_plan_in_every_process() -> None:
    code = (
        "from local_engine.generator.planner import plan; import sys;"
        "p = plan(sys.argv[1]); print(p.text, p.decisions, p.questions)"
    )
    prompt = (EXAMPLES / "08-forum" / "prompt.txt").read_text(encoding="utf-8")
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, prompt],
            capture_output=True,
            text=True,
            check=True,
            cwd=EXAMPLES.parents[1],
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


@pytest.mark.parametrize(
    "base",
    [
        "users and admins and ",
        "recipes with name and title, ",
        "no vet may have two ",
        "move through new, old, a, b, ",
        "a",
        "with (",
        "Guests book rooms. ",
    ],
)
def test_a_hundred_thousand_characters_take_seconds(base: str) -> None:
    text = "A blog with posts. " + base * (100_000 // len(base))
    started = time.perf_counter()
    plan(text)
    assert time.perf_counter() - started < 5


def test_all_examples_repeated_grow_about_linearly() -> None:
    prompts = sorted(EXAMPLES.glob("[0-9]*/prompt.txt"))
    base = " ".join(path.read_text(encoding="utf-8") for path in prompts)

    def seconds(length: int) -> float:
        started = time.process_time()
        plan((base * (length // len(base) + 1))[:length])
        return time.process_time() - started

    seconds(10_000)
    assert seconds(100_000) < 5
    assert seconds(100_000) < 8 * seconds(25_000) + 0.5

"""Difficult prompts: Blueprints that check, no word lost, nothing public against its words."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from local_engine.generator.blueprint import load
from local_engine.generator.planner import NotUnderstood, plan
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.results import Plan
from local_engine.generator.planner.tokens import Token, singular, tokenise, verb_forms

DATA = Path(__file__).parent / "data"
DIFFICULT = tomllib.loads((DATA / "difficult.toml").read_text(encoding="utf-8"))
OTHERS = tomllib.loads((DATA / "others.toml").read_text(encoding="utf-8"))
PROMPTS = [*DIFFICULT["prompts"], *(prompt for prompt, _ in OTHERS["prompts"])]


def lost_words(prompt: str, planned: Plan) -> list[str]:
    """Content words that no decision quotes, no question asks about and nothing is named by."""
    spans = [decision.span for decision in planned.decisions if decision.span]
    asked = " ".join(question.text for question in planned.questions).lower()
    known = asked + planned.text.lower()

    def is_told(token: Token) -> bool:
        word = token.lower.rstrip("'").removesuffix("'s")
        forms = {word, singular(word), *verb_forms(word)}
        quoted = any(start <= token.start and token.end <= end for start, end in spans)
        return quoted or any(form in known for form in forms)

    words = (token for token in tokenise(prompt) if token.is_word or token.is_number)
    plain = lexicon().persons["plain"]
    content = (
        t for t in words if not lexicon().is_empty(t.lower) and singular(t.lower) not in plain
    )
    return [token.text for token in content if not is_told(token)]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_blueprint_checks_and_no_word_is_lost(prompt: str) -> None:
    planned = plan(prompt)
    assert load(planned.text).application.own_entities
    assert [q.text for q in planned.questions if q.text.startswith("Left out")] == []
    assert lost_words(prompt, planned) == []


def test_a_lost_word_is_found() -> None:
    planned = plan("A blog with posts")
    assert lost_words("A blog with posts and zonk", planned) == ["zonk"]


@pytest.mark.parametrize(("prompt", "entity", "expected"), DIFFICULT["visible"])
def test_who_sees_it(prompt: str, entity: str, expected: list[str]) -> None:
    planned = plan(prompt)
    access = planned.blueprint.entities[entity].access
    assert access is not None
    assert access.read == access.list == expected


@pytest.mark.parametrize("entity", ["wishes", "results", "salaries"])
def test_visibility_of_what_is_not_known_is_asked(entity: str) -> None:
    planned = plan(f"A job board with jobs; {entity} are hidden")
    assert any("hidden" in question.text for question in planned.questions)


def test_what_one_is_given_one_does_not_set_oneself() -> None:
    """What students receive is theirs neither to set nor to delete, in any words."""
    planned = plan("Trainers offer workshops; participants attend workshops and get a rating.")
    text = planned.text
    assert "editable_by: workshop.owner" in text
    assert "owner if rating is None" in text


@pytest.mark.parametrize("prompt", ["only", "private", "friends only", "14 days per year", "with"])
def test_fragments_are_asked_about(prompt: str) -> None:
    with pytest.raises(NotUnderstood):
        plan(prompt)


WAREHOUSE = "Warehouse: items with SKU, locations, stock movements, purchase orders with lines."


@pytest.mark.parametrize(
    "words",
    [
        "Receiving a purchase order takes its items into stock",
        "Receiving takes stock in",
        "When a purchase order is received, the stock is increased",
        "Once an order arrives, its goods are added to the inventory",
    ],
)
def test_stock_that_a_receipt_would_book_is_asked_about(words: str) -> None:
    """Where each line arrives is nowhere said, so it is not guessed."""
    planned = plan(f"{WAREHOUSE} {words}.")

    assert [question.text[: len(words) + 2] for question in planned.questions] == [f"“{words}”"]
    assert "which location" in planned.questions[0].text


def test_that_a_receipt_books_no_stock_is_said() -> None:
    said = [one for one in plan(WAREHOUSE).decisions if "books no stock" in one.what]

    assert [(one.path, one.assumed) for one in said] == [("entities.PurchaseOrder.states", True)]
    simple = plan("Purchase orders with lines, and suppliers.")
    assert not any("stock" in one.what for one in simple.decisions)

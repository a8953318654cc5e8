"""Designs through the providers' real libraries: from whole answers to the whole Blueprint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from answers_of_blueprint import replies_of
from designing_by_script import PROVIDERS, design_with, provider_of
from model_providers import ModelProviders
from repository_rules import ROOT
from scripted_replies import Script

from local_engine.generator.blueprint import Blueprint, dump, load_file
from local_engine.generator.planner.events import (
    AccessDecided,
    EntityFound,
    FieldFound,
    OperationFound,
    StatesFound,
)

EXAMPLES = ROOT / "docs/examples"
EVERY_ONE = ("gemini", "groq", "openai")
SAMPLE = ("bakery", "community", "09-wallet", "12-project-tracker", "everything")
STORE = ROOT / "tests/fakes/designs/store.yaml"
SHOP = ROOT / "tests/fakes/designs/shop.yaml"
SHOP_PROMPT = (
    "An online shop. Customers browse products with variants in categories, by brand, and put them "
    "into a cart, order and pay. Clerks send orders, take returns and answer questions. Buyers "
    "order from suppliers; goods go to shelves in warehouses. Reviews, wishes, coupons, banners, a "
    "newsletter and support tickets."
)


def blueprint_of(path: Path) -> Blueprint:
    """A Blueprint without what no model is asked for: descriptions of fields."""
    data = load_file(path).blueprint.plain()
    for entity in data["entities"].values():
        for field in entity.get("fields", {}).values():
            if isinstance(field, dict):
                field.pop("description", None)
    data.pop("description", None)
    return Blueprint.model_validate(data)


@pytest.mark.parametrize("name", EVERY_ONE)
def test_todo_is_designed_in_three_questions(name: str) -> None:
    blueprint = blueprint_of(EXAMPLES / "01-todo/blueprint.yaml")
    with ModelProviders(Script.of(*replies_of(blueprint))) as stand_in:
        outcome = design_with(provider_of(stand_in, name), "A simple todo API")
        sent = stand_in.counts.received + stand_in.counts.sent

    design = outcome.design
    assert design.text == dump(blueprint)
    assert outcome.kinds == ["CallStarts", "CallEnded"] * 3
    assert (design.notes, design.wishes) == ((), ())
    assert design.models[0].startswith(f"{name}/")
    assert design.used.tokens > 0
    assert sent / 4 < 20_000, "tokens, counted from the bytes on the wire"
    assert outcome.found[0] == EntityFound("entities.Todo", "Todo")
    kinds = {type(event) for event in outcome.found}
    assert {FieldFound, AccessDecided} <= kinds


def _named(path: Path) -> str:
    return path.stem if path.stem != "blueprint" else path.parent.name


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=_named(path), marks=[pytest.mark.full] * (_named(path) not in SAMPLE))
        for path in (
            STORE,
            *sorted((EXAMPLES / "language").glob("*.yaml")),
            *sorted(EXAMPLES.glob("*/blueprint.yaml")),
            ROOT / "tests/support/blueprints/everything.yaml",
            ROOT / "tests/support/blueprints/contests.yaml",
        )
    ],
)
def test_whatever_the_language_can_say_can_be_answered(path: Path) -> None:
    blueprint = blueprint_of(path)
    with ModelProviders(Script.of(*replies_of(blueprint))) as stand_in:
        outcome = design_with(provider_of(stand_in, "openai"), f"As in {path.name}")
        assert stand_in.unscripted == []
        assert stand_in.script.left == 0
    assert outcome.design.text == dump(blueprint)
    assert outcome.design.notes == ()


@pytest.mark.parametrize("name", PROVIDERS)
def test_shop_of_thirty_entities(name: str) -> None:
    blueprint = blueprint_of(SHOP)
    with ModelProviders(Script.of(*replies_of(blueprint))) as stand_in:
        outcome = design_with(provider_of(stand_in, name), SHOP_PROMPT)
        sent = stand_in.counts.received + stand_in.counts.sent
        largest = max(len(json.dumps(one.body)) for one in stand_in.asked)

    design = outcome.design
    assert design.text == dump(blueprint)
    assert len(outcome.kinds) == 2 * 17
    assert sent / 4 < 250_000, "tokens, counted from the bytes on the wire"
    assert largest / 4 < 8_000, "a question fits into a minute of a free plan"
    assert [wish.name for wish in design.wishes] == ["recommend"]
    kinds = {type(event) for event in outcome.found}
    assert {StatesFound, OperationFound} <= kinds
    entities = [event.entity for event in outcome.found if isinstance(event, EntityFound)]
    assert entities == list(blueprint.entities)


def test_same_answers_make_the_same_blueprint_and_reasons() -> None:
    blueprint = blueprint_of(EXAMPLES / "04-vet-clinic/blueprint.yaml")
    designs = []
    for _ in range(2):
        with ModelProviders(Script.of(*replies_of(blueprint))) as stand_in:
            designs.append(design_with(provider_of(stand_in, "groq"), "A clinic for pets").design)
    assert designs[0] == designs[1]


def test_every_decision_is_explained_by_words_of_the_prompt_or_as_assumed() -> None:
    blueprint = blueprint_of(EXAMPLES / "01-todo/blueprint.yaml")
    replies = replies_of(blueprint)
    title, done = replies[1]["answer"]["entities"][0]["fields"][0:3:2]
    title["why"], done["why"] = "a  Title", "so that one sees what is left"
    with ModelProviders(Script.of(*replies)) as stand_in:
        prompt = "Todos, each with a title"
        design = design_with(provider_of(stand_in, "gemini"), prompt).design
    by_path = {one.path: one for one in design.decisions}
    quoted = by_path["entities.Todo.fields.title"]
    assert (quoted.quote, quoted.assumed) == ("a title", False)
    assert quoted.span is not None
    assert prompt[slice(*quoted.span)] == "a title"
    said = by_path["entities.Todo.fields.done"]
    assert (said.quote, said.assumed, said.why) == (None, False, done["why"])
    assert by_path["entities.Todo.access"].assumed
    stated = {
        f"entities.{entity}.{group}.{name}"
        for entity, one in design.blueprint.entities.items()
        for group in ("fields", "relations")
        for name in getattr(one, group)
    }
    assert stated <= by_path.keys()

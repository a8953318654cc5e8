"""Our own CPU time for each call of a model, without the providers' libraries and with them."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from answers_of_blueprint import replies_of
from benchmark_load import table
from designing_by_script import design_with, provider_of
from model_providers import ModelProviders
from repository_rules import ROOT
from scripted_replies import Script

from local_engine.generator.agents.designing import design
from local_engine.generator.agents.providers import Answer, Call, Question, Usage
from local_engine.generator.agents.providers.answers import value_of
from local_engine.generator.blueprint import Blueprint, load_file

pytestmark = pytest.mark.full

PROMPT = "An online shop with products, variants, carts, orders, payments, returns and suppliers"
NAMES = {
    "todo": "docs/examples/01-todo/blueprint.yaml",
    "store": "tests/fakes/designs/store.yaml",
    "shop": "tests/fakes/designs/shop.yaml",
}


class Replaying:
    """A `Provider` that answers at once, from the script: all time is ours."""

    provider = "openai"
    model = "replayed"
    largest_prompt = 1_000_000

    def __init__(self, replies: list[dict[str, Any]]) -> None:
        self._texts = [(reply["when"], json.dumps(reply["answer"])) for reply in replies]
        self.calls = 0

    async def ask(self, question: Question, call: Call) -> Answer:
        """The scripted answer to a question, read as a provider's is."""
        self.calls += 1
        asked = question.instructions + question.prompt
        text = next(text for when, text in self._texts if when in asked)
        return Answer(value_of(text, question.schema), self.provider, self.model, Usage())

    async def aclose(self) -> None:
        """Nothing is open."""


def _replayed(blueprint: Blueprint) -> tuple[float, int]:
    provider = Replaying(replies_of(blueprint))
    before = time.process_time()
    asyncio.run(design(PROMPT, provider, Call.lasting(600)))
    return time.process_time() - before, provider.calls


def _through_the_library(blueprint: Blueprint) -> tuple[float, float]:
    """CPU seconds with the real library, the stand-in's own included; and tokens by the bytes."""
    with ModelProviders(Script.of(*replies_of(blueprint))) as stand_in:
        before = time.process_time()
        design_with(provider_of(stand_in, "openai"), PROMPT)
        spent = time.process_time() - before
        return spent, (stand_in.counts.received + stand_in.counts.sent) / 4


def test_a_call_costs_little_time_of_ours() -> None:
    blueprints = {name: load_file(ROOT / path).blueprint for name, path in NAMES.items()}
    _replayed(blueprints["todo"])  # imports and caches
    rows = []
    for name, blueprint in blueprints.items():
        seconds, calls = min(_replayed(blueprint) for _ in range(3))
        through, tokens = _through_the_library(blueprint)
        rows.append((name, calls, seconds / calls * 1000, through / calls * 1000, tokens))
    heads = ["design", "calls", "ms a call", "with the library and stand-in", "tokens"]
    print(table("A model's call", heads, rows))
    for _, _, own, through, _ in rows:
        assert own < 100
        assert through < 200, "half of it is the stand-in's"

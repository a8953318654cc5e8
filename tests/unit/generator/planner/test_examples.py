"""The example prompts, and other words for them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from blueprint_aspects import aspects

from local_engine.generator.blueprint import load
from local_engine.generator.planner import plan

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"
NAMES = sorted(folder.name for folder in EXAMPLES.glob("[0-9]*-*"))
PARAPHRASES = tomllib.loads(
    (Path(__file__).parent / "data" / "paraphrases.toml").read_text(encoding="utf-8")
)


def prompt_of(name: str) -> str:
    return (EXAMPLES / name / "prompt.txt").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_what_the_planner_writes(name: str) -> None:
    planned = plan(prompt_of(name))
    assert planned.text == (EXAMPLES / name / "blueprint.yaml").read_text(encoding="utf-8")
    assert planned.questions == ()


def test_there_are_five_paraphrases_of_each_example() -> None:
    assert set(PARAPHRASES) == set(NAMES)
    assert all(len(set(texts)) >= 5 for texts in PARAPHRASES.values())


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in PARAPHRASES.items() for text in texts]
)
def test_other_words_give_the_same_product(name: str, text: str) -> None:
    planned = plan(text)
    expected = load((EXAMPLES / name / "blueprint.yaml").read_text(encoding="utf-8")).blueprint
    assert aspects(planned.blueprint) == aspects(expected)
    assert [question.text for question in planned.questions] == []


def test_a_paraphrase_that_says_less_gives_less() -> None:
    """The comparison can fail: each left-out phrase takes away what came of it."""
    whole = prompt_of("08-forum")
    for phrase, lost in (
        ("not on your own; ", ("Vote", "rules")),
        ("nested ", ("Comment", "refers to")),
        ("score; ", ("Post", "fields")),
    ):
        assert phrase in whole
        entity, aspect = lost
        less = aspects(plan(whole.replace(phrase, "")).blueprint)[entity][aspect]
        assert less != aspects(plan(whole).blueprint)[entity][aspect]

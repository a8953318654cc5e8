"""Prompts of other domains: valid Blueprints with the entities that a reader expects."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from local_engine.generator.blueprint import load
from local_engine.generator.blueprint.canonical import dump
from local_engine.generator.planner import plan

PROMPTS = tomllib.loads(
    (Path(__file__).parent / "data" / "others.toml").read_text(encoding="utf-8")
)["prompts"]


def test_there_are_many() -> None:
    assert len(PROMPTS) >= 40


@pytest.mark.parametrize(("prompt", "expected"), PROMPTS)
def test_other_domains(prompt: str, expected: list[str]) -> None:
    planned = plan(prompt)
    document = load(planned.text)
    assert document.application is not None
    assert set(expected) <= set(planned.blueprint.entities)
    assert len(planned.blueprint.entities) <= len(expected) + 3
    assert dump(document.blueprint) == planned.text


@pytest.mark.parametrize("prompt", [prompt for prompt, _ in PROMPTS])
def test_no_part_had_to_be_left_out(prompt: str) -> None:
    assert [q.text for q in plan(prompt).questions if q.text.startswith("Left out")] == []

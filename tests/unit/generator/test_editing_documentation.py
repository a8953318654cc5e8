"""docs/editing.md: its edits can be applied, its list is complete, its sentences are understood."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from local_engine.generator.blueprint import load_file
from local_engine.generator.blueprint.editing import Edit, apply_edits, read_edits
from local_engine.generator.planner.refining import refine

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/editing.md").read_text("utf-8")
EXAMPLES = sorted((ROOT / "docs/examples").glob("*/blueprint.yaml"))


def test_the_edits_of_the_page_can_be_applied() -> None:
    [text] = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    edits = read_edits(text)
    assert len(edits) == 7
    result = apply_edits(load_file(EXAMPLES[0]), edits).document.text
    assert "deadline: {type: date, optional: true, filter: true, sort: true, was: due_on}" in result


def test_the_page_names_every_kind_of_edit() -> None:
    models = get_args(get_args(Edit)[0])
    kinds = {kind for model in models for kind in get_args(model.model_fields["edit"].annotation)}
    named = set(re.findall(r"`([a-z_]+)`", PAGE))
    named |= {
        f"{verb}_{what}"
        for verb in ("add", "change", "remove", "rename")
        for what in ("operation", "report", "feed", "job", "email")
    }
    assert kinds - named == set()


SENTENCES = re.findall(
    r"`([^`]+)`", "\n".join(line.split("|")[1] for line in PAGE.split("## Refining")[1].splitlines()
                           if line.startswith("| `"))
)  # fmt: skip


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_sentence_of_the_page_is_understood_by_an_example(sentence: str) -> None:
    if sentence == "a room can't be booked twice":  # the only example with rooms has the rule
        text = EXAMPLES[9].read_text("utf-8")
        assert "no_overlap: [from_date, to_date]" in text
        return
    if "recipes" in sentence:
        sentence = sentence.replace("recipes", "todos")
    assert any(refine(sentence, load_file(path)).changes for path in EXAMPLES)

"""What holds for all edits: all or nothing, canonical, taken back byte for byte."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_edits import EXAMPLES, OTHERS, all_renames, random_edit

from local_engine.generator.blueprint import BlueprintErrors, Document, canonicalise, load
from local_engine.generator.blueprint.editing import (
    EditsRefused,
    apply_edits,
    edits_of,
    read_edits,
    write_edits,
)


@cache
def example(path: Path) -> Document:
    return load(path.read_text("utf-8"))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*EXAMPLES, *OTHERS]), st.integers(0, 10**9))
def test_random_edits_are_applied_or_refused_and_can_be_taken_back(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    document = example(path)
    refusal: EditsRefused | None
    for _ in range(chance.randint(1, 3)):
        data = document.blueprint.plain()
        edits = edits_of([random_edit(chance, data) for _ in range(chance.choice([1, 1, 2]))])
        assert [edit.plain() for edit in read_edits(write_edits(edits))] == [
            edit.plain() for edit in edits
        ]
        try:
            applied = apply_edits(document, edits)
        except EditsRefused as refused:
            refusal = refused
        else:
            refusal = None
        if refusal is not None:
            assert refusal.problems
            assert all(problem.message for problem in refusal.problems)
            assert refusal.text is None or all(problem.line for problem in refusal.problems)
            continue
        text = applied.document.text
        assert canonicalise(text) == text
        assert apply_edits(applied.document, applied.inverses).document.text == document.text
        document = applied.document


def _check_rename(path: Path, number: int) -> None:
    document = load(canonicalise(path.read_text("utf-8")))
    renames = list(all_renames(document.blueprint.plain()))
    there, back = renames[number % len(renames)]
    applied = apply_edits(document, edits_of([there]))
    assert str(there["to"]) in applied.document.text
    again = apply_edits(applied.document, edits_of([back]), base=document.blueprint)
    assert again.document.text == document.text, there


_CASES = [
    (path, number)
    for path in [*EXAMPLES, *OTHERS]
    for number in range(len(list(all_renames(example(path).blueprint.plain()))))
]


@pytest.mark.parametrize(
    ("path", "number"), random.Random(5).sample(_CASES, 40), ids=lambda value: str(value)[-30:]
)
def test_a_rename_and_the_way_back_leave_the_text_as_it_was(path: Path, number: int) -> None:
    _check_rename(path, number)


@pytest.mark.full
@pytest.mark.parametrize(("path", "number"), _CASES, ids=lambda value: str(value)[-30:])
def test_every_rename_and_its_way_back_leave_the_text_as_it_was(path: Path, number: int) -> None:
    _check_rename(path, number)


def test_a_document_with_problems_is_not_edited() -> None:
    document = load("name: X\nentities:\n  A:\n    fields: {a: strin}\n")
    with pytest.raises(BlueprintErrors) as caught:
        apply_edits(document, edits_of([{"edit": "set_product", "name": "Y"}]))
    assert [
        problem.line for problem in caught.value.problems if problem.code == "unknown-type"
    ] == [4]

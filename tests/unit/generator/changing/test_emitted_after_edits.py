"""What is emitted after edits is as clean as before: formatted and linted by its own rules."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from random_edits import EXAMPLES, random_edit

from local_engine.generator.blueprint import Document, load_file
from local_engine.generator.blueprint.editing import EditsRefused, apply_edits, edits_of
from local_engine.generator.emit import emit, write


def _edited(path: Path, seed: int, wanted: int) -> Document:
    """The example after some random edits that fit it."""
    chance = random.Random(seed)
    document = load_file(path)
    done = 0
    while done < wanted:
        edit = random_edit(chance, document.blueprint.plain())
        try:
            document = apply_edits(document, edits_of([edit])).document
        except EditsRefused:
            continue
        done += 1
    return document


@pytest.mark.parametrize("seed", range(5))
def test_the_project_of_an_edited_blueprint_is_formatted_and_linted(
    seed: int, tmp_path: Path
) -> None:
    path = EXAMPLES[random.Random(seed).randrange(len(EXAMPLES))]
    document = _edited(path, seed, 4)
    write(emit(document.application, document.text), tmp_path)
    for command in (["format", "--check"], ["check"]):
        found = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
            cwd=tmp_path, capture_output=True, text=True,
        )  # fmt: skip
        assert found.returncode == 0, f"seed {seed}, {path.parent.name}\n{found.stdout}"

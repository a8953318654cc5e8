"""Generating into a project that was generated before: migrations are history."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_engine.generator.blueprint import load
from local_engine.generator.emit.relational.migration import MigrationRefused
from local_engine.projects import ProjectFolder, generate

TEXT = """blueprint: 1
name: Notes
entities:
  Note:
    owner: author
    fields:
      title: string
    relations:
      author: {to: User}
    access: {list: owner, read: owner, create: authenticated, update: owner, delete: owner}
"""
STARRED = TEXT.replace(
    "title: string\n", "title: string\n      stars: {type: integer, default: 0}\n"
)
MAILED = TEXT.replace(
    "    access:", "    effects:\n      - {on: create, email: made, to: author.email}\n    access:"
) + ("emails:\n  made: {subject: Made, text: A note was made.}\n")


@pytest.fixture
def folder(tmp_path: Path) -> ProjectFolder:
    project = ProjectFolder(tmp_path / "notes")
    generate(load(TEXT), project)
    return project


def migrations(folder: ProjectFolder) -> list[str]:
    return [Path(name).name for name in folder.migrations()]


def test_the_first_generation(folder: ProjectFolder) -> None:
    assert migrations(folder) == [
        "0001_core.down.sql",
        "0001_core.up.sql",
        "0002_initial.down.sql",
        "0002_initial.up.sql",
    ]


def test_the_same_blueprint_adds_nothing(folder: ProjectFolder) -> None:
    before = folder.migrations()
    assert generate(load(TEXT), folder).migration is None
    assert folder.migrations() == before


def test_a_change_of_tables_is_one_more_migration(folder: ProjectFolder) -> None:
    before = folder.migrations()
    result = generate(load(STARRED), folder)
    assert result.migration is not None
    assert result.migration.startswith("migrations/0003_")
    after = folder.migrations()
    assert {name: after[name] for name in before} == before
    assert b"stars" in after[f"{result.migration}.up.sql"]
    assert len(after) == len(before) + 2


def test_a_queue_that_is_needed_later_comes_after_what_is_there(folder: ProjectFolder) -> None:
    generate(load(STARRED), folder)
    generate(load(MAILED), folder, allow_drop=True)
    numbers = [name.partition("_")[0] for name in migrations(folder)]
    assert numbers == sorted(numbers)
    assert all(numbers.count(number) == 2 for number in numbers), migrations(folder)
    assert "0004_queue.up.sql" in migrations(folder)
    before = folder.migrations()
    generate(load(MAILED), folder)
    assert folder.migrations() == before


def test_a_loss_is_refused_before_a_file_is_touched(folder: ProjectFolder) -> None:
    generate(load(STARRED), folder)
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    with pytest.raises(MigrationRefused):
        generate(load(TEXT), folder)
    assert {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()} == before

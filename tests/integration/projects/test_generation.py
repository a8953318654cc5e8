"""Generating into a project that was generated before: migrations are history."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import NOTES, STARRED, assert_sound, edit_blueprint, notes_project, tree

from local_engine.generator.blueprint import load
from local_engine.generator.emit.relational.migration import MigrationRefused
from local_engine.projects import Project

MAILED = NOTES.replace(
    "    access:", "    effects:\n      - {on: create, email: made, to: author.email}\n    access:"
) + ("emails:\n  made: {subject: Made, text: A note was made.}\n")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return notes_project(tmp_path / "notes")


def migrations(project: Project) -> dict[str, bytes]:
    return {
        name.removeprefix("migrations/"): content
        for name, content in tree(project.folder).items()
        if name.startswith("migrations/")
    }


def test_the_first_generation(project: Project) -> None:
    assert sorted(migrations(project)) == [
        "0001_core.down.sql",
        "0001_core.up.sql",
        "0002_initial.down.sql",
        "0002_initial.up.sql",
    ]
    assert_sound(project.folder)


def test_the_same_blueprint_adds_nothing(project: Project) -> None:
    before = tree(project.folder)
    outcome = project.generate(load(NOTES))
    assert (outcome.version, outcome.pending, outcome.migration) == (None, None, None)
    assert tree(project.folder) == before


def test_a_change_of_tables_is_one_more_migration(project: Project) -> None:
    before = migrations(project)
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.migration is not None
    assert outcome.migration.startswith("migrations/0003_")
    after = migrations(project)
    assert {name: after[name] for name in before} == before
    assert b"stars" in tree(project.folder)[f"{outcome.migration}.up.sql"]
    assert len(after) == len(before) + 2
    assert_sound(project.folder)


def test_a_queue_that_is_needed_later_comes_after_what_is_there(project: Project) -> None:
    project.generate(load(STARRED))
    project.generate(load(MAILED), allow_drop=True)
    numbers = sorted(name.partition("_")[0] for name in migrations(project))
    assert all(numbers.count(number) == 2 for number in numbers), migrations(project).keys()
    assert "0004_queue.up.sql" in migrations(project)
    before = migrations(project)
    project.generate(load(MAILED))
    assert migrations(project) == before


def test_a_migration_of_ones_own_keeps_its_number(project: Project) -> None:
    for way in ("up", "down"):
        (project.folder / f"migrations/0003_mine.{way}.sql").write_text("SELECT 1;\n")
    outcome = project.generate(load(STARRED))
    assert outcome.migration is not None
    assert outcome.migration.startswith("migrations/0004_")
    assert (project.folder / "migrations/0003_mine.up.sql").read_text() == "SELECT 1;\n"


def test_a_loss_is_refused_before_a_file_is_touched(project: Project) -> None:
    project.generate(load(STARRED))
    before = tree(project.folder)
    with pytest.raises(MigrationRefused):
        project.generate(load(NOTES))
    assert tree(project.folder) == before


def test_after_undo_the_migration_begins_from_the_older_blueprint(project: Project) -> None:
    project.generate(edit_blueprint(project, STARRED))
    project.undo()
    assert b"stars" not in tree(project.folder)["blueprint.yaml"]
    again = STARRED.replace("stars", "likes")
    outcome = project.generate(edit_blueprint(project, again))
    assert outcome.migration is not None
    text = tree(project.folder)[f"{outcome.migration}.up.sql"]
    assert b"likes" in text
    assert b"stars" not in text
    assert outcome.migration.startswith("migrations/0003_")
    assert_sound(project.folder)

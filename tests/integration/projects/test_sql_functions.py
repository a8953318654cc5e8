"""A project's database has the functions that its SQL calls, from the migration that needs them."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from projects import STARRED, notes_project

from local_engine.generator.blueprint import load
from local_engine.projects import Project
from local_engine.runtime.postgres import Database

# Called by the query of a report alone, then by a table.
AVERAGED = STARRED + "reports: {liking: {of: Note, avg: stars, by: authenticated}}\n"
SHARED = AVERAGED.replace(
    "      title:", "      share: {type: decimal, places: 2, computed: stars // -3}\n      title:"
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return notes_project(tmp_path / "notes")


def migrations(project: Project, way: str) -> list[Path]:
    return sorted((project.folder / "migrations").glob(f"*.{way}.sql"))


def run(database: Database, files: list[Path]) -> None:
    with psycopg.connect(database.url) as connection:
        for file in files:
            connection.execute(file.read_bytes())


def functions(database: Database) -> set[str]:
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND prorettype <> 'trigger'::regtype"
            " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
        ).fetchall()
    return {str(name) for (name,) in rows}


def test_they_come_when_they_are_needed_and_go_on_the_way_back(
    project: Project, database: Database
) -> None:
    run(database, migrations(project, "up"))
    assert functions(database) == set()
    project.generate(load(AVERAGED))
    run(database, migrations(project, "up")[2:3])
    assert functions(database) == {"divide_half_even", "round_half_even"}
    project.generate(load(SHARED))
    run(database, migrations(project, "up")[3:4])
    assert functions(database) == {"divide_half_even", "round_half_even", "floor_divide"}

    run(database, migrations(project, "down")[3:4])
    assert functions(database) == {"divide_half_even", "round_half_even"}
    run(database, migrations(project, "down")[2::-1])
    assert functions(database) == set()
    run(database, migrations(project, "up"))
    assert functions(database) == {"divide_half_even", "round_half_even", "floor_divide"}


def test_what_is_called_no_more_stays_and_is_not_made_twice(
    project: Project, database: Database
) -> None:
    for text in (AVERAGED, STARRED, SHARED):
        project.generate(load(text))
    created = [file for file in migrations(project, "up") if b"divide_half" in file.read_bytes()]
    assert [file.name[:4] for file in created] == ["0003"]
    run(database, migrations(project, "up"))
    run(database, migrations(project, "down")[::-1])
    assert functions(database) == set()

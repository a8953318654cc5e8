"""Demo data: it goes in, fills more than a page of what people look at, and goes in once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from golden import ROOT, SOURCES

from local_engine.generator.blueprint import load
from local_engine.generator.emit import emit, write
from local_engine.runtime.postgres import Database

EXAMPLES = sorted((ROOT / "docs" / "examples").glob("[0-9]*/blueprint.yaml"))
IN_STANDARD_TIER = {"05-online-store", "clinics"}
FILES = {file.parent.name: file for file in EXAMPLES} | {
    name: file for name, file in SOURCES.items() if name != "todo"
}
A_PAGE = 20


def seeded(folder: Path, database: Database) -> Counter[str]:
    """Seed the project's database; the number of rows in each table."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "HOME") if name in os.environ}
    settings = {"DATABASE_URL": database.url, "SECRET_KEY": "x" * 40}
    for command in (["migrate"], ["seed"]):
        done = subprocess.run(
            [sys.executable, "-m", "app", *command],
            cwd=folder,
            env={**kept, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    with psycopg.connect(database.url) as connection:
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        tables = [str(name) for (name,) in connection.execute(named)]
        found = Counter[str]()
        for table in tables:
            row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
            assert row is not None
            found[table] = row[0]
    return found


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in IN_STANDARD_TIER else pytest.mark.full)
        for name in FILES
    ],
)
def test_there_is_more_than_a_page_of_something_and_it_is_there_once(
    name: str, tmp_path: Path, database: Database
) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    application = load(text).application
    write(emit(application, text), tmp_path)
    found = seeded(tmp_path, database)
    own = {entity.table for entity in application.own_entities}
    assert max(found[table] for table in own) > A_PAGE
    assert found["users"] >= 2
    assert seeded(tmp_path, database) == found


def test_rows_look_like_somebodys_and_stand_in_several_states(
    tmp_path: Path, database: Database
) -> None:
    file = FILES["05-online-store"]
    text = file.read_text(encoding="utf-8")
    write(emit(load(text).application, text), tmp_path)
    seeded(tmp_path, database)
    with psycopg.connect(database.url) as connection:
        states = {state for (state,) in connection.execute("SELECT status FROM orders")}
        names = [name for (name,) in connection.execute("SELECT name FROM products")]
        emails = [email for (email,) in connection.execute("SELECT email FROM users")]
        empty = "SELECT count(*) FROM orders WHERE status <> 'cart' AND total = 0"
        assert connection.execute(empty).fetchone() == (0,)
    assert states == {"cart", "placed", "shipped", "cancelled"}
    assert "Enamel mug" in names
    assert len(set(names)) == len(names)
    assert all(email.endswith("@example.com") for email in emails)

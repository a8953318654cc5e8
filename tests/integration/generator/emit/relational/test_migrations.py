"""Migrations between two Blueprints: forward gives what a fresh database has, back what was."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from database_catalog import catalog, install_core
from migration_pairs import (
    BASE,
    LOSING,
    PAIRS,
    between,
    changed,
    contents,
    fill,
    install_tables,
    uninstall_tables,
)
from relational_blueprints import PROJECTS
from schema_of_text import USER, add_user, application_of, insert, value

from local_engine.generator.emit.relational import schema_of
from local_engine.runtime.postgres import Database


@pytest.mark.parametrize("name", PAIRS)
def test_there_and_back(database: Database, name: str) -> None:
    old, new = PAIRS[name]
    migration = between(old, new, allow_drop=name in LOSING)
    assert bool(migration.destructive) is (name in LOSING)
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        add_user(connection, USER)
        install_tables(connection, new)
        fresh = catalog(connection)
        uninstall_tables(connection, new)
        install_tables(connection, old)
        before = catalog(connection)
        if name != "states added" and "notes" in schema_of(application_of(old)).table:
            fill(connection)
        rows = contents(connection, old)
        connection.execute(migration.up.encode())
        connection.commit()
        assert catalog(connection) == fresh
        if name not in LOSING:
            assert _counts(contents(connection, new)) == _counts(rows)
        connection.execute(migration.down.encode())
        connection.commit()
        assert catalog(connection) == before
        if name not in LOSING:
            assert contents(connection, old) == rows


def _counts(tables: dict[str, list[tuple[Any, ...]]]) -> list[int]:
    """How many rows there are in tables that have some; new tables are empty."""
    return sorted(len(rows) for name, rows in tables.items() if rows and name != "users")


def test_values_after_a_migration(database: Database) -> None:
    new = changed(
        (
            "done:",
            (
                "path: {type: slug, default: slug(title)}\n"
                "      stars: {type: integer, derived: sum(remarks.stars)}\n"
                "      mean: {type: decimal, places: 1, derived: avg(remarks.stars)}\n"
                "      done:"
            ),
        ),
        ("body: {type: text, optional: true}", "body: {type: text, default: empty}"),
        ("weight: {type: integer, min: 0}", "weight: {type: string, max: 9}"),
        ("computed: weight * 2", "computed: len(weight)"),
        ('{check: "weight < 1000", id: light}', "{check: \"weight != 'x'\"}"),
        ("due_on: {type: date,", "due_on: {type: datetime,"),
    )
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        add_user(connection, USER)
        install_tables(connection, BASE)
        fill(connection)
        connection.execute("UPDATE notes SET body = NULL WHERE weight = 1")
        versions = "SELECT array_agg(version ORDER BY id) FROM notes"
        before = value(connection, versions)
        connection.execute(between(BASE, new).up.encode())
        assert value(connection, versions) == before
        shown = connection.execute(
            "SELECT path, stars, mean::text, body, weight, double, "
            "due_on AT TIME ZONE 'UTC' FROM notes ORDER BY title"
        ).fetchall()
    assert [row[:6] for row in shown] == [
        ("uber-1", 1, "1.0", "empty", "1", 1),
        ("uber-2", 3, "1.5", "b", "2", 1),
    ]
    assert str(shown[0][6]) == "2029-12-31 23:00:00"  # the day begins in Berlin


def test_sums_of_sums_are_worked_out_again(database: Database) -> None:
    old = PROJECTS.replace(
        "cost: {type: money, computed: hours * rate}",
        "cost: {type: money, computed: hours * rate * 2}",
    )
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        install_tables(connection, old)
        portfolio = insert(connection, "portfolios")
        project = insert(connection, "projects", portfolio_id=portfolio)
        insert(connection, "tasks", project_id=project, hours=2, rate=3)
        assert value(connection, "SELECT cost FROM projects") == 12
        migration = between(old, PROJECTS)
        connection.execute(migration.up.encode())
        assert value(connection, "SELECT cost FROM projects") == 6
        halved = PROJECTS.replace(
            "derived: sum(tasks.hours)}\n      rounded",
            "derived: 'sum(tasks.hours, where=done)'}\n      rounded",
        )
        assert halved != PROJECTS
        connection.execute(between(PROJECTS, halved).up.encode())
        assert value(connection, "SELECT hours FROM projects") == 0
        assert value(connection, "SELECT hours FROM portfolios") == 0

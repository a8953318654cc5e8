"""What is said of a migration beforehand is what the database says when it runs."""

from __future__ import annotations

import psycopg
import pytest
from database_catalog import Connection, install_core
from migration_pairs import BASE, LOSING, PAIRS, between, changed, fill, install_tables
from schema_of_text import USER, add_user, application_of

from local_engine.generator.emit.relational import schema_of
from local_engine.generator.emit.relational.migration import (
    Risk,
    RiskKind,
    renames_between,
    risks_between,
)
from local_engine.runtime.postgres import Database

STOPPED = {
    "required field": changed(("done:", "color: string\n      done:")),
    "tighter": changed(("max: 80", "max: 5")),
    "enum value in use": changed(("[idea, task, diary]", "[idea, diary]")),
    "unique": changed(
        ("due_on:", "twin: {type: integer, computed: weight - weight, unique: true}\n      due_on:")
    ),
    "unique by a function that is not there yet": changed(
        ("due_on:", "twin: {type: integer, computed: weight // -900, unique: true}\n      due_on:")
    ),
    "derived below": changed(
        (
            "done:",
            "stars: {type: integer, derived: sum(remarks.stars), never_below: 2}\n      done:",
        )
    ),
    "unique default": changed(
        ("due_on:", "twin: {type: integer, default: 1, unique: true}\n      due_on:")
    ),
    "digits lost": changed(("places: 2", "places: 0")),
    "text that is no number": changed(
        ("title: {type: string, max: 80, search: true, sort: true}", "title: integer")
    ),
    "check over parts": changed(
        ("    part_of: note\n", "    part_of: note\n    rules: [{check: 'note.weight < 2'}]\n")
    ),
    "at most": changed(
        ("    part_of: note\n", "    part_of: note\n    rules: [{at_most: 1, per: note}]\n")
    ),
    "renamed and tighter": changed(
        ("  Note:\n", "  Memo:\n    was: Note\n"),
        ("{to: Note}", "{to: Memo}"),
        (
            "price: {type: decimal, places: 2}",
            "cost: {type: decimal, places: 2, max: 1, was: price}",
        ),
    ),
}


def _risks(old: str, new: str) -> tuple[Risk, ...]:
    before, after = application_of(old), application_of(new)
    return risks_between(schema_of(before), schema_of(after), renames_between(before, after))


def _count(connection: Connection, risk: Risk) -> int:
    row = connection.execute(risk.count.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _install(connection: Connection, old: str) -> None:
    install_core(connection)
    add_user(connection, USER)
    install_tables(connection, old)
    if "notes" in schema_of(application_of(old)).table:
        fill(connection)


@pytest.mark.parametrize("name", [name for name in PAIRS if name != "states added"])
def test_a_migration_that_runs_was_not_said_to_stop(database: Database, name: str) -> None:
    old, new = PAIRS[name]
    risks = _risks(old, new)
    assert any(risk.kind.loses for risk in risks) is (name in LOSING)
    with psycopg.connect(database.url) as connection:
        _install(connection, old)
        for risk in risks:
            stopped = _count(connection, risk) > 0 and risk.exact
            assert not (stopped and risk.kind.stops), risk
        connection.execute(between(old, new, allow_drop=True).up.encode())


@pytest.mark.parametrize("name", STOPPED)
def test_the_rows_that_will_stop_a_migration_are_counted(database: Database, name: str) -> None:
    new = STOPPED[name]
    with psycopg.connect(database.url) as connection:
        _install(connection, BASE)
        risks = [risk for risk in _risks(BASE, new) if risk.kind.stops]
        counts = [_count(connection, risk) for risk in risks]
        exact = all(risk.exact for risk in risks)
        connection.commit()
        with pytest.raises(psycopg.errors.RaiseException) as stopped:
            connection.execute(between(BASE, new).up.encode())
        said = str(stopped.value.diag.message_primary)
    rows = int(said.split()[0])
    assert rows in counts if exact else rows <= max(counts), (said, counts)


def test_what_is_lost_is_counted_with_its_old_names(database: Database) -> None:
    new = changed(("      body: {type: text, optional: true}\n", ""))
    [risk] = _risks(BASE, new)
    assert (risk.kind, risk.table, risk.column) == (RiskKind.COLUMN_DROPPED, "notes", "body")
    with psycopg.connect(database.url) as connection:
        _install(connection, BASE)
        assert _count(connection, risk) == 2

"""Migrations that stop, and say why, rather than lose or break anything."""

from __future__ import annotations

import psycopg
import pytest
from database_catalog import catalog, install_core
from migration_pairs import BASE, between, changed, contents, fill, install_tables
from relational_blueprints import BAKERY, CLINICS, PROJECTS, SCHOOL
from schema_of_text import USER, add_user, insert, value

from local_engine.generator.emit.relational.migration import MigrationRefused
from local_engine.runtime.postgres import Database


def _refused(database: Database, old: str, new: str, *, rows: bool = True) -> str:
    """The message with which the migration stops; nothing of it may stay."""
    migration = between(old, new)
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        add_user(connection, USER)
        install_tables(connection, old)
        if rows:
            fill(connection)
        before = (catalog(connection), contents(connection, old))
        connection.commit()
        with pytest.raises(psycopg.errors.RaiseException) as stopped:
            connection.execute(migration.up.encode())
        connection.rollback()
        assert (catalog(connection), contents(connection, old)) == before
    return str(stopped.value.diag.message_primary)


REFUSED = {
    "required field": (
        ("done:", "color: string\n      done:"),
        (
            "2 row(s) of notes have no value for the new required field color. "
            "Give it a default, make it optional, or delete these rows, then migrate again."
        ),
    ),
    "tighter": (
        ("max: 80", "max: 5"),
        (
            "2 row(s) of notes break the new rule note_title_max. "
            "Change or delete these rows, then migrate again."
        ),
    ),
    "enum value in use": (
        ("[idea, task, diary]", "[idea, diary]"),
        (
            "1 row(s) of notes break the new rule note_kind_values. "
            "Change or delete these rows, then migrate again."
        ),
    ),
    "unique": (
        (
            "due_on:",
            "twin: {type: integer, computed: weight - weight, unique: true}\n      due_on:",
        ),
        (
            "2 row(s) of notes break the new rule note_twin_unique. "
            "Change or delete these rows, then migrate again."
        ),
    ),
    "digits lost": (
        ("places: 2", "places: 0"),
        (
            "2 row(s) of notes have a value of price that is no numeric(38, 0). "
            "Change or delete these rows, then migrate again."
        ),
    ),
    "text that is no number": (
        ("title: {type: string, max: 80, search: true, sort: true}", "title: integer"),
        (
            "2 row(s) of notes have a value of title that is no bigint. "
            "Change or delete these rows, then migrate again."
        ),
    ),
    "check over parts": (
        ("    part_of: note\n", "    part_of: note\n    rules: [{check: 'note.weight < 2'}]\n"),
        (
            "2 row(s) of remarks break the new rule remark_check. "
            "Change or delete these rows, then migrate again."
        ),
    ),
    "at most": (
        ("    part_of: note\n", "    part_of: note\n    rules: [{at_most: 1, per: note}]\n"),
        (
            "2 row(s) of remarks break the new rule remark_at_most. "
            "Change or delete these rows, then migrate again."
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_rows_that_do_not_fit_stop_the_migration(database: Database, name: str) -> None:
    replacement, message = REFUSED[name]
    assert _refused(database, BASE, changed(replacement)) == message


def test_overlapping_rows_stop_the_migration(database: Database) -> None:
    old = SCHOOL.replace("      - {no_overlap: [begins, ends], per: [course]}\n", "")
    migration = between(old, SCHOOL)
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        install_tables(connection, old)
        course = insert(connection, "courses", title="a", seats=1)
        for begins, ends in (("10:00", "12:00"), ("11:00", "13:00"), ("14:00", "15:00")):
            insert(
                connection,
                "lessons",
                course_id=course,
                on_day="2030-01-01",
                room="A",
                begins=f"2030-01-01 {begins}+00",
                ends=f"2030-01-01 {ends}+00",
            )
        connection.commit()
        with pytest.raises(psycopg.errors.RaiseException, match=r"2 row\(s\) of lessons break"):
            connection.execute(migration.up.encode())


def test_references_that_are_missing_stop_the_migration(database: Database) -> None:
    """A relation of the same name to another entity: the old ids lead nowhere."""
    old = BASE + (
        "  Plan:\n    relations: {of_what: {to: Note}}\n"
        "    access: {list: public, read: public, create: public}\n"
    )
    new = old.replace("{of_what: {to: Note}}", "{of_what: {to: Label}}")
    migration = between(old, new)
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        add_user(connection, USER)
        install_tables(connection, old)
        fill(connection)
        insert(connection, "plans", of_what_id=value(connection, "SELECT id FROM notes LIMIT 1"))
        connection.commit()
        with pytest.raises(psycopg.errors.RaiseException, match=r"1 row\(s\) of plans break"):
            connection.execute(migration.up.encode())


def test_nothing_is_dropped_unless_it_is_allowed() -> None:
    new = changed(("      body: {type: text, optional: true}\n", ""))
    with pytest.raises(MigrationRefused, match=r"notes\.body is dropped.*Allow it explicitly"):
        between(BASE, new)
    migration = between(BASE, new, allow_drop=True)
    assert migration.destructive == ("The column notes.body is dropped.",)
    assert "DROP COLUMN body" in migration.up
    assert migration.down.startswith("-- This restores the tables and columns, not what was in")


def test_a_type_without_a_safe_conversion_is_refused() -> None:
    with pytest.raises(MigrationRefused, match=r"notes\.done cannot become date: .* Add a field"):
        between(BASE, changed(("done: {type: boolean, default: false}", "done: date")))


def test_a_lossy_conversion_needs_leave() -> None:
    old = changed(("due_on: {type: date,", "due_on: {type: datetime,"))
    with pytest.raises(MigrationRefused, match="A part of each value"):
        between(old, BASE)
    assert between(old, BASE, allow_drop=True).destructive


@pytest.mark.parametrize("text", [BAKERY, CLINICS, SCHOOL, PROJECTS])
def test_nothing_to_do(text: str) -> None:
    migration = between(text, text)
    assert (migration.up, migration.down) == ("", "")


def test_an_old_was_is_of_no_account() -> None:
    new = changed(("weight: {type: integer, min: 0}", "weight: {type: integer, min: 0, was: mass}"))
    assert between(BASE, new).up == ""
    assert between(new, new).up == ""

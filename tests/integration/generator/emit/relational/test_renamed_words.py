"""Renamed states and roles: rows and users that have them keep them, there and back."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from database_catalog import Connection, catalog, install_core
from migration_pairs import between, install_tables, uninstall_tables
from schema_of_text import USER, add_user, application_of, insert, value

from local_engine.generator.emit.relational import schema_of
from local_engine.generator.emit.relational.migration import renames_between, risks_between
from local_engine.runtime.postgres import Database

OLD = """
name: Office
accounts: {roles: [clerk, boss], default_role: clerk}
entities:
  Room:
    fields:
      name: string
      booked: {type: integer, derived: "count(bookings, where=status == 'booked')", sort: true}
    relations: {bookings: {many: Booking}}
    access: {list: public, read: public, create: boss}
  Booking:
    owner: guest
    fields:
      starts_at: datetime
      ends_at: datetime
    relations: {guest: {to: User}, room: {to: Room}}
    states:
      initial: booked
      transitions:
        cancel: {from: booked, to: cancelled, by: owner}
        use: {from: booked, to: used, by: clerk}
    rules:
      - {check: ends_at > starts_at}
      - {no_overlap: [starts_at, ends_at], per: room, unless: "status == 'cancelled'"}
      - {at_most: 2, per: room, where: "status == 'booked'"}
    access: {list: [owner, clerk], read: [owner, clerk], create: authenticated}
"""


def renamed(text: str, *words: tuple[str, str]) -> str:
    for old, new in words:
        text = text.replace(old, new)
    return text


STATES = renamed(
    OLD,
    ("'booked'", "'taken'"),
    ("'cancelled'", "'called_off'"),
    ("initial: booked\n", "initial: taken\n      was: {taken: booked, called_off: cancelled}\n"),
    ("from: booked", "from: taken"),
    ("to: cancelled", "to: called_off"),
)
MOVED = renamed(
    STATES,
    ("  Booking:\n", "  Stay:\n    was: Booking\n"),
    ("many: Booking", "many: Stay"),
    ("initial: taken", "field: phase\n      initial: taken"),
    ("status ==", "phase =="),
)
ROLES = renamed(
    OLD,
    ("default_role: clerk", "default_role: agent, was: {agent: clerk}"),
    ("roles: [clerk,", "roles: [agent,"),
    ("by: clerk", "by: agent"),
    ("[owner, clerk]", "[owner, agent]"),
)
ALL = {"states": STATES, "states of a renamed entity": MOVED, "roles": ROLES}


def fill(connection: Connection) -> None:
    """Bookings in every state, and users with every role."""
    other = add_user(connection, USER[:-1] + "2")
    for user, roles in ((USER, ["clerk", "boss"]), (other, ["boss"])):
        connection.execute("UPDATE users SET roles = %s WHERE id = %s", (roles, user))
    room = insert(connection, "rooms", name="red")
    for day, state in enumerate(("booked", "cancelled", "used", "booked"), 1):
        insert(
            connection,
            "bookings",
            guest_id=USER,
            room_id=room,
            starts_at=f"2026-03-0{day}T10:00Z",
            ends_at=f"2026-03-0{day}T11:00Z",
            status=state,
        )


def rows(connection: Connection, table: str, column: str) -> list[Any]:
    query = f"SELECT {column}, updated_at FROM {table} ORDER BY starts_at"
    return connection.execute(query.encode()).fetchall()


@pytest.mark.parametrize("name", ALL)
def test_there_and_back(database: Database, name: str) -> None:
    new = ALL[name]
    before, after = application_of(OLD), application_of(new)
    migration = between(OLD, new)
    table, column = ("stays", "phase") if new is MOVED else ("bookings", "status")
    words = {} if new is ROLES else {"booked": "taken", "cancelled": "called_off"}
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        add_user(connection, USER)
        install_tables(connection, new)
        fresh = catalog(connection)
        uninstall_tables(connection, new)
        install_tables(connection, OLD)
        old_catalog = catalog(connection)
        fill(connection)
        connection.commit()
        was = rows(connection, "bookings", "status")
        for risk in risks_between(
            schema_of(before), schema_of(after), renames_between(before, after)
        ):
            assert not risk.kind.loses
            assert not (risk.kind.stops and value(connection, risk.count)), risk
        connection.execute(migration.up.encode())
        connection.commit()
        assert catalog(connection) == fresh
        now = rows(connection, table, column)
        assert now == [(words.get(state, state), *rest) for state, *rest in was]
        assert value(connection, "SELECT booked FROM rooms") == 2
        role = "agent" if new is ROLES else "clerk"
        told = connection.execute("SELECT roles FROM users ORDER BY id").fetchall()
        assert told == [([role, "boss"],), (["boss"],)]
        if words:
            assert_rules_hold(connection, table, column)
        connection.execute(migration.down.encode())
        connection.commit()
        assert catalog(connection) == old_catalog
        assert rows(connection, "bookings", "status") == was
        told = connection.execute("SELECT roles FROM users ORDER BY id").fetchall()
        assert told == [(["clerk", "boss"],), (["boss"],)]


def test_a_new_rule_over_renamed_states_counts_the_rows_that_break_it(database: Database) -> None:
    rule = "      - {check: \"status != 'called_off' or starts_at == ends_at\", id: short}\n"
    new = STATES.replace("    rules:\n", f"    rules:\n{rule}", 1)
    before, after = application_of(OLD), application_of(new)
    renames = renames_between(before, after)
    risks = risks_between(schema_of(before), schema_of(after), renames)
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        add_user(connection, USER)
        install_tables(connection, OLD)
        fill(connection)
        counts = {risk.text: value(connection, risk.count) for risk in risks if risk.kind.stops}
        [(text, count)] = [found for found in counts.items() if found[1]]
        assert ("short" in text, count) == (True, 1)
        with pytest.raises(psycopg.errors.RaiseException, match="break the new rule"):
            connection.execute(between(OLD, new).up.encode())


def assert_rules_hold(connection: Connection, table: str, column: str) -> None:
    """The rules mean the new words, and rows that have changed have another version."""
    versions = f"SELECT array_agg(version ORDER BY starts_at) FROM {table}"
    assert value(connection, versions) == [2, 2, 1, 2]
    again = f"UPDATE {table} SET {column} = 'taken' WHERE {column} = 'called_off'"
    for statement, error in (
        (again, psycopg.Error),  # a third one
        (f"UPDATE {table} SET {column} = 'booked'", psycopg.errors.CheckViolation),
        (f"UPDATE {table} SET starts_at = '2026-03-01T10:00Z'", psycopg.Error),  # an overlap
    ):
        with pytest.raises(error), connection.transaction():
            connection.execute(statement.encode())
    done = f"UPDATE {table} SET {column} = 'used' WHERE {column} = 'taken'"
    with connection.transaction(force_rollback=True):
        connection.execute(done.encode())
        assert value(connection, "SELECT booked FROM rooms") == 0


def test_a_name_of_an_earlier_rename_is_of_no_account() -> None:
    assert between(STATES, STATES).up == ""
    assert between(ROLES, ROLES).up == ""

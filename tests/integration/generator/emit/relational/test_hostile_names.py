"""Names and texts that SQL could trip over: key words, PL/pgSQL's variables, length, quotes."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from database_catalog import Connection, catalog, install_core
from schema_of_text import USER, application_of, insert, value, violated

from local_engine.generator.emit.relational import render, schema_of
from local_engine.generator.emit.relational.migration import migration_between, renames_between
from local_engine.runtime.postgres import Database

Opened = Callable[[str], Connection]

LONG_ENTITY = "A" + "bcdefghij" * 4 + "kl"
LONG_FIELD = "field_" + "abcdefghi_" * 3 + "x"

HOSTILE = f"""
name: "Ω'; DROP TABLE users; --"
entities:
  Select:
    description: "It's $$ $body$ '; --"
    owner: analyse
    fields:
      order: {{type: integer, min: 0, sort: true, filter: true}}
      limit: {{type: integer, derived: sum(ends.found)}}
      found: {{type: integer, derived: "count(ends, where=table == 'a')", never_below: 0}}
      tg_op: {{type: decimal, derived: avg(ends.found)}}
      when: {{type: datetime, default: now()}}
      until: {{type: datetime}}
      total: {{type: integer, computed: order + 1, unique: true}}
      select: {{type: string, max: 20, pattern: "[a$\\\\-']+", default: "a'$$"}}
    relations:
      analyse: {{to: User}}
      table: {{to: Select, optional: true, same: analyse, where: "order > 1", on_delete: set null}}
      ends: {{many: End}}
      group: {{links: End}}
    states:
      field: column
      initial: table
      transitions: {{"go": {{from: table, to: user_row, by: owner}}}}
    rules:
      - {{unique: [order, analyse], where: "column == 'table'"}}
      - {{check: "table is None or table.order < order", message: "it's $$ 100 % 'wrong' $body$"}}
      - {{no_overlap: [when, until], per: analyse, unless: "order == 0"}}
    access: {{list: owner, read: owner, create: authenticated, update: owner, delete: owner}}
  End:
    plural: user
    fields:
      found: {{type: integer, min: 0, max: 9}}
      table: {{type: enum, values: [a, b_c]}}
    relations: {{old: {{to: Select, on_delete: cascade}}}}
    rules:
      - {{at_most: 3, per: old, where: "table == 'a' and old.order > 0"}}
    access: {{list: public, read: public, create: public, update: public, delete: public}}
  {LONG_ENTITY}:
    fields:
      {LONG_FIELD}_a: {{type: integer, min: 1, unique: true, filter: true}}
      {LONG_FIELD}_b: {{type: integer, min: 1, unique: true, filter: true}}
    relations: {{{LONG_FIELD}_c: {{to: Select}}}}
    access: {{list: public, read: public, create: public, update: public, delete: public}}
"""


def test_everything_works_under_hostile_names(opened: Opened) -> None:
    connection = opened(HOSTILE)
    until = "now() + interval '1 hour'"
    new = f'INSERT INTO selects ("order", analyse_id, until, table_id) VALUES (%s, %s, {until}, %s)'
    connection.execute(new.encode(), (0, USER, None))
    first = value(connection, "SELECT id FROM selects")
    assert violated(connection, new, 0, USER, None) in ("select_unique", "select_total_unique")
    assert violated(connection, new, 5, USER, first) == "select_table_where"
    for number in range(3):
        insert(connection, '"user"', old_id=first, found=number, **{'"table"': "a"})
    shown = "SELECT \"limit\" || ' ' || found || ' ' || tg_op || ' ' || version FROM selects"
    assert value(connection, shown) == "3 3 1.0000 7"
    assert value(connection, 'SELECT "select" || total FROM selects') == "a'$$1"
    connection.execute('UPDATE selects SET "order" = 2')
    again = 'INSERT INTO "user" (old_id, found, "table") VALUES (%s, 1, \'a\')'
    assert violated(connection, again, first) == "end_at_most"
    later = "now() + interval '1 day', now() + interval '2 days'"
    wrong = new.replace(until, later).replace("until,", '"when", until,')
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        connection.execute(wrong.encode(), (1, USER, first))
    assert refused.value.diag.constraint_name == "select_check"
    assert refused.value.diag.message_primary == "it's $$ 100 % 'wrong' $body$"


def test_long_names_stay_distinct(opened: Opened) -> None:
    connection = opened(HOSTILE)
    names = connection.execute(
        "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    ).fetchall()
    assert all(len(name) <= 63 for (name,) in names)
    long = [name for (name,) in names if name.startswith(LONG_ENTITY.lower())]
    assert len(long) == len(set(long)) >= 8


def test_migrations_under_hostile_names(database: Database) -> None:
    old = application_of(HOSTILE)
    changed = HOSTILE
    for piece, other in (
        ("order: {type: integer, min: 0,", "rank: {type: integer, min: 0, was: order,"),
        ("computed: order + 1", "computed: rank + 2"),
        ("order > 1", "rank > 1"),
        ("table.order < order", "table.rank < rank"),
        ("[order, analyse]", "[rank, analyse]"),
        ("order == 0", "rank == 0"),
        ("old.order > 0", "old.rank > 0"),
        ("field: column", "field: array"),
        ("column == 'table'", "array == 'table'"),
        ("'wrong'", "'bad' $body$ $body_$"),
    ):
        assert piece in changed, piece
        changed = changed.replace(piece, other)
    new = application_of(changed)
    migration = migration_between(schema_of(old), schema_of(new), renames_between(old, new))
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        core = catalog(connection)
        connection.execute(render(schema_of(new)).encode())
        fresh = catalog(connection)
        connection.execute(migration_between(None, schema_of(new)).down.encode())
        assert catalog(connection) == core
        connection.execute(render(schema_of(old)).encode())
        before = catalog(connection)
        connection.execute(migration.up.encode())
        assert catalog(connection) == fresh
        connection.execute(migration.down.encode())
        assert catalog(connection) == before

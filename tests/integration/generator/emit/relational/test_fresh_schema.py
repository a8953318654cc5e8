"""A fresh database has exactly what the schema says."""

from __future__ import annotations

import psycopg
import pytest
from database_catalog import catalog, install_core
from relational_blueprints import BAKERY, CLINICS, SCHOOL
from schema_of_text import application_of

from local_engine.generator.emit.relational import render, rules_of, schema_of
from local_engine.generator.emit.relational.migration import migration_between
from local_engine.generator.emit.relational.schema import Schema, Table
from local_engine.generator.emit.relational.statements import is_constraint
from local_engine.runtime.postgres import Database


@pytest.fixture(params=[BAKERY, CLINICS, SCHOOL], ids=["bakery", "clinics", "school"])
def text(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_catalogue_shows_the_schema(text: str, database: Database) -> None:
    schema = schema_of(application_of(text))
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        fixed = {row[0] for row in catalog(connection)["tables"]}
        connection.execute(render(schema).encode())
        found = catalog(connection)
    own = [table for table in schema.tables if not table.fixed]
    assert {name for name, _ in found["tables"]} - fixed == {table.name for table in own}
    for table in own:
        assert _columns(found["columns"], table.name) == _expected_columns(table)
        assert _names(found["constraints"], table.name) == _constraints(table)
        assert _names(found["indexes"], table.name) == _indexes(table)
        assert _names(found["triggers"], table.name) == {t.name for t in table.triggers}
    assert {row[0] for row in found["functions"]} >= _functions(schema)


def _columns(rows: list[tuple[object, ...]], table: str) -> set[tuple[object, ...]]:
    return {tuple(row[1:5]) for row in rows if row[0] == table}


def _expected_columns(table: Table) -> set[tuple[object, ...]]:
    long = {"timestamptz": "timestamp with time zone", "time": "time without time zone"}
    return {
        (
            column.name,
            long.get(column.type, column.type.replace(", ", ",")),
            not column.nullable,
            "s" if column.generated else "",
        )
        for column in table.columns
    }


def _names(rows: list[tuple[object, ...]], table: str) -> set[object]:
    return {row[1] for row in rows if row[0] == table}


def _constraints(table: Table) -> set[object]:
    unique = {key.name for key in table.unique_keys if is_constraint(key)}
    return {f"{table.name}_pkey"} | unique | _kept(table)


def _kept(table: Table) -> set[str]:
    """Constraints that are no indexes at the same time, or always both."""
    names = {check.name for check in table.checks}
    names |= {exclusion.name for exclusion in table.exclusions}
    return names | {key.name for key in table.foreign_keys}


def _indexes(table: Table) -> set[object]:
    names = {key.name for key in table.unique_keys}
    names |= {exclusion.name for exclusion in table.exclusions}
    return {f"{table.name}_pkey"} | names | {index.name for index in table.indexes}


def _functions(schema: Schema) -> set[object]:
    own = {function.name for table in schema.tables for function in table.functions}
    return own | {function.name for function in schema.functions}


def test_every_constraint_that_a_write_can_break_is_told_of(text: str) -> None:
    application = application_of(text)
    told = {entry.constraint for entry in rules_of(application)}
    for table in schema_of(application).tables:
        raising = {f.name for f in table.functions if "RAISE EXCEPTION" in f.body}
        wanted = _kept(table)
        wanted |= {key.name for key in table.unique_keys if not key.name.endswith("_id_key")}
        wanted |= {name for name in raising if not name.endswith("_capacity")}
        assert wanted <= told


def test_down_from_a_fresh_database_leaves_the_core(text: str, database: Database) -> None:
    migration = migration_between(None, schema_of(application_of(text)))
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        before = catalog(connection)
        connection.execute(migration.up.encode())
        connection.execute(migration.down.encode())
        assert catalog(connection) == before


def test_names_do_not_clash_when_only_their_dots_differ(database: Database) -> None:
    text = """
name: Clash
entities:
  Order:
    fields: {a: integer, b: integer}
    rules: [{check: a < b, id: line_check}]
    access: {create: public, list: public, read: public}
  OrderLine:
    fields: {a: integer, b: integer}
    rules: [{check: a > b}]
    access: {create: public, list: public, read: public}
"""
    application = application_of(text)
    names = {entry.rule_id: entry.constraint for entry in rules_of(application)}
    assert names["order.line_check"] != names["order_line.check"]
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        connection.execute(render(schema_of(application)).encode())


def test_names_made_of_two_names_do_not_clash(database: Database) -> None:
    text = """
name: Clash
entities:
  Order:
    fields: {line_x: {type: integer, sort: true}, total: {type: integer, derived: sum(parts.n)}}
    relations: {parts: {many: Line}}
    access: {create: public, list: public, read: public}
  OrdersLine:
    plural: orders_line
    fields: {x: {type: integer, sort: true}, total: {type: integer, derived: sum(parts.n)}}
    relations: {parts: {many: LineItem}}
    access: {create: public, list: public, read: public}
  Line:
    plural: line
    fields: {n: integer}
    relations: {item_part: {to: Order}}
    access: {create: public, list: public, read: public}
  LineItem:
    plural: line_item
    fields: {n: integer}
    relations: {part: {to: OrdersLine}}
    access: {create: public, list: public, read: public}
"""
    schema = schema_of(application_of(text))
    functions = [function.name for table in schema.tables for function in table.functions]
    assert len(functions) == len(set(functions)) == 2
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        connection.execute(render(schema).encode())
        names = {row[1] for row in catalog(connection)["indexes"]}
    assert {index.name for table in schema.tables for index in table.indexes} <= names

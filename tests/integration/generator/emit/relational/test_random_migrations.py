"""Migrations between any two of many variants of a Blueprint."""

from __future__ import annotations

import random
from itertools import pairwise

import psycopg
import pytest
from database_catalog import catalog, install_core
from schema_of_text import application_of

from local_engine.generator.emit.relational import render, schema_of
from local_engine.generator.emit.relational.migration import (
    MigrationRefused,
    migration_between,
    renames_between,
)
from local_engine.runtime.postgres import Database

VARIANTS = 7
TEXT = """
name: Shop
time_zone: Europe/Berlin
{tenancy}entities:
  Customer:
    fields: {{name: {{type: string, max: {longest}}}, spent: {{type: money, derived: {spent}}}}}
    relations: {{orders: {{many: {order}}}}}
    access: {{list: public, read: public, create: public, update: public, delete: public}}
  {order}:
    {order_was}plural: {plural}
    fields:
      {code}: {{type: {code_type}, unique: {unique}{code_was}}}
      placed_on: {{type: {placed}, default: {placed_default}}}
      total: {{type: money, derived: {total}}}
      note: {{type: text, optional: {optional}, default: none given}}
      {extra}
    relations:
      customer: {{to: Customer, on_delete: {on_delete}, optional: true}}
      lines: {{many: Line}}
      tags: {{links: Tag}}
    states:
      field: {state}
      initial: open
      transitions: {{go: {{from: open, to: {done}, by: public}}}}
    rules: [{rules}]
    access: {{list: public, read: public, create: public, update: public, delete: public}}
  Line:
    part_of: {parent}
    append_only: {append_only}
    fields:
      amount: {{type: money, min: {least}}}
      doubled: {{type: money, computed: amount * {factor}}}
    relations: {{{parent}: {{to: {order}{parent_was}}}}}
    access: {{create: public}}
  Tag:
    fields: {{name: {{type: slug, unique: true, search: {search}}}}}
    access: {{list: public, read: public, create: public, update: public, delete: public}}
"""
CHOICES = {
    "longest": ["20", "40"],
    "spent": ["sum(orders.total)", "max(orders.total)"],
    "plural": ["orders", "purchases"],
    "order": ["Order", "Purchase"],
    "code": ["code", "number", "order"],
    "code_type": ["string", "integer", "decimal"],
    "unique": ["true", "false"],
    "placed": ["date", "datetime"],
    "total": ["sum(lines.amount)", "sum(lines.doubled)", "'sum(lines.amount, where=amount > 1)'"],
    "optional": ["true", "false"],
    "extra": [
        "size: {type: integer, optional: true, sort: true}",
        "size: {type: integer, derived: count(lines)}",
        "colour: {type: enum, values: [red, blue], default: red, filter: true}",
        "picture: {type: file, optional: true}",
    ],
    "on_delete": ["restrict", "cascade", "set null"],
    "state": ["status", "stage"],
    "done": ["paid", "closed"],
    "rules": [
        "{at_most: 5, per: customer}",
        "{at_most: 9, per: customer, where: total > 1}",
        "{check: total < 1000}, {check: 'customer is None or len(customer.name) > 1'}",
        "",
    ],
    "parent": ["order", "purchase"],
    "append_only": ["true", "false"],
    "least": ["0", "1"],
    "factor": ["2", "3"],
    "search": ["true", "false"],
}


def _variant(chance: random.Random) -> str:
    """A Blueprint; whatever may have had another name says so."""
    chosen = {name: chance.choice(values) for name, values in CHOICES.items()}
    others = [name for name in CHOICES["code"] if name != chosen["code"]]
    order = chosen["order"]
    return TEXT.format(
        **chosen,
        tenancy="",
        order_was=f"was: {'Purchase' if order == 'Order' else 'Order'}\n    ",
        code_was=f", was: {chance.choice(others)}",
        parent_was=f", was: {'purchase' if chosen['parent'] == 'order' else 'order'}",
        placed_default="today()" if chosen["placed"] == "date" else "now()",
    )


@pytest.mark.parametrize("seed", range(12))
def test_there_and_back_again(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    applications = [application_of(_variant(chance)) for _ in range(VARIANTS)]
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        done = 0
        for old, new in pairwise(applications):
            names = renames_between(old, new)
            before, after = schema_of(old), schema_of(new)
            try:
                migration = migration_between(before, after, names, allow_drop=True)
            except MigrationRefused:
                continue
            with connection.transaction(force_rollback=True):
                connection.execute(render(after).encode())
                fresh = catalog(connection)
            with connection.transaction(force_rollback=True):
                connection.execute(render(before).encode())
                start = catalog(connection)
                connection.execute(migration.up.encode())
                assert catalog(connection) == fresh
                connection.execute(migration.down.encode())
                assert catalog(connection) == start
            done += 1
    assert done > 0

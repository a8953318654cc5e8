"""The SQL of a schema: the same for the same Blueprint, readable, quickly made."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from relational_blueprints import BAKERY, CLINICS, PROJECTS, SCHOOL
from schema_of_text import application_of

from local_engine.generator.emit.relational import render, schema_of
from local_engine.generator.emit.relational.plpgsql import wrapped

TEXTS = {"bakery": BAKERY, "clinics": CLINICS, "school": SCHOOL, "projects": PROJECTS}
SECONDS_FOR_500 = 2.0


@pytest.mark.parametrize("name", TEXTS)
def test_the_same_every_time(name: str) -> None:
    assert render(schema_of(application_of(TEXTS[name]))) == render(
        schema_of(application_of(TEXTS[name]))
    )


def test_a_section_reads_like_a_page() -> None:
    sql = render(schema_of(application_of(BAKERY)))
    start = sql.index("-- order_lines")
    end = sql.index("-- Rules and derived")
    assert sql[start:end] == (Path(__file__).parent / "order_lines.sql").read_text()


def test_no_line_is_too_long_to_read() -> None:
    for text in TEXTS.values():
        for line in render(schema_of(application_of(text))).splitlines():
            assert len(line) <= 130, line


def test_long_conditions_are_wrapped_where_it_changes_nothing() -> None:
    long = " AND ".join(f"column_{n} = 'a AND b (' || x" for n in range(4))
    assert wrapped(long).count("\n") == 3
    assert wrapped(long).replace("\nAND", " AND") == long
    nested = f"NOT ({long})"
    assert wrapped(nested) == nested
    between = f"{long} AND x BETWEEN 1 AND 2"
    assert wrapped(between) == between


def _large(entities: int) -> str:
    """A Blueprint with a circle of entities, each with a rule of every kind."""
    parts = ["name: Large", "entities:"]
    for number in range(entities):
        after, before = (number + 1) % entities, (number - 1) % entities
        parts.append(f"""\
  Entity{number}:
    fields:
      title: {{type: string, max: 80, search: true, sort: true}}
      price: {{type: money, min: 0}}
      quantity: {{type: integer, min: 1, max: 50}}
      amount: {{type: money, computed: quantity * price}}
      starts_on: date
      ends_on: date
      total: {{type: money, derived: sum(children.amount)}}
    relations:
      keeper: {{to: User}}
      parent: {{to: Entity{after}, optional: true}}
      children: {{many: Entity{before}}}
    rules:
      - {{unique: [keeper, title]}}
      - {{check: parent is None or parent.price < price}}
      - {{at_most: 9, per: keeper}}
      - {{no_overlap: [starts_on, ends_on], per: keeper}}
    access: {{list: public, read: public, create: public, update: public, delete: public}}""")
    return "\n".join(parts)


def test_500_entities_take_less_than_two_seconds() -> None:
    application = application_of(_large(500))
    best = min(_seconds(application) for _ in range(2))
    assert best < SECONDS_FOR_500


def _seconds(application: object) -> float:
    began = time.process_time()
    render(schema_of(application))  # type: ignore[arg-type]
    return time.process_time() - began

"""The SQL of a schema: the same for the same Blueprint, readable, quickly made."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from relational_blueprints import BAKERY, CLINICS, PROJECTS, SCHOOL
from schema_of_text import application_of

from local_engine.generator.emit.relational import render, schema_of
from local_engine.generator.emit.relational.limits import limits_of
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


def test_limits_are_told_in_words_and_once() -> None:
    text = """
name: Small
entities:
  Vote:
    fields: {value: {type: integer, in: [-1, 1]}, why: string, tags: {type: list, min: 2}}
    access: {list: public, read: public, create: admin}
"""
    application = application_of(text)
    told = {limit.rule_id: limit.message for limit in limits_of(application.entities["Vote"], 2)}

    assert told["vote.value.in"] == "value is not one of the values allowed"
    assert "vote.value.range" not in told
    assert told["vote.why.min"] == "why must be at least 1 character"
    assert told["vote.why.max"] == "why must be at most 255 characters"
    assert told["vote.tags.min"] == "tags must be at least 2 items"


def test_a_list_below_another_row_is_read_from_an_index_in_its_order() -> None:
    text = """
name: Small
entities:
  Post:
    fields: {title: string}
    relations: {remarks: {many: Remark}}
    access: {list: public, read: public, create: admin}
  Remark:
    sort: title
    fields: {title: string}
    relations: {post: {to: Post, on_delete: cascade}}
    access: {list: public, read: public, create: admin}
  Hidden:
    relations: {post: {to: Post, on_delete: cascade}}
    access: {create: admin, read: admin}
"""
    sql = render(schema_of(application_of(text)))

    assert "CREATE INDEX remarks_post_id_title_id_idx ON remarks (post_id, title, id);" in sql
    assert "CREATE INDEX hiddens_post_id_idx ON hiddens (post_id);" in sql

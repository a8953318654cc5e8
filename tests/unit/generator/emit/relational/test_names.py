"""Names in SQL."""

from __future__ import annotations

import pytest
from schema_of_text import application_of

from local_engine.generator.emit.relational import rules_of, schema_of
from local_engine.generator.emit.relational.names import (
    column_of,
    constraint_name,
    link_columns,
    link_table,
    literal,
    quote,
    search_expression,
    shortened,
    snake,
)

TEXT = """
name: Names
entities:
  Post:
    fields:
      title: {type: string, search: true}
      body: {type: text, search: true, optional: true}
      picture: {type: file, optional: true}
    relations: {author: {to: User}, tags: {links: Tag}, related: {links: Post}}
    states: {field: stage, initial: a, transitions: {go: {from: a, to: b, by: authenticated}}}
    access: {list: public, read: public, create: public, update: public}
  Tag:
    fields: {name: slug}
    access: {list: public, read: public, create: public}
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("OrderLine", "order_line"), ("User", "user"), ("HTTPLog", "http_log"), ("A1b", "a1b")],
)
def test_snake(name: str, expected: str) -> None:
    assert snake(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("title", "title"),
        ("order", '"order"'),
        ("position", '"position"'),
        ("Title", '"Title"'),
        ('a"b', '"a""b"'),
        ("value", "value"),
    ],
)
def test_quotes_stand_only_where_they_are_needed(name: str, expected: str) -> None:
    assert quote(name) == expected


def test_texts_in_sql() -> None:
    assert literal("it's 1\\2") == "'it''s 1\\2'"


def test_long_names_are_shortened_and_stay_distinct() -> None:
    one, two = (constraint_name(f"{'a' * 40}.{'b' * 40}.{end}") for end in ("min", "max"))
    assert len(one) == len(two) == 63
    assert one != two
    assert constraint_name("cake.price.min") == "cake_price_min"
    assert shortened("x" * 63) == "x" * 63


def test_columns() -> None:
    application = application_of(TEXT)
    post = application.entities["Post"]
    names = ["title", "picture", "author", "stage", "id", "version"]
    found = [column_of(post, name) for name in names]
    assert found == ["title", "picture_file_id", "author_id", "stage", "id", "version"]
    with pytest.raises(KeyError, match="Post has no column for 'tags'"):
        column_of(post, "tags")


def test_links() -> None:
    post = application_of(TEXT).entities["Post"]
    assert link_table(post, post.links["tags"]) == "posts_tags"
    assert link_columns(post, post.links["tags"]) == ("post_id", "tag_id")
    assert link_columns(post, post.links["related"]) == ("post_id", "linked_post_id")


def test_what_is_searched() -> None:
    application = application_of(TEXT)
    post = application.entities["Post"]
    whole = search_expression(post)
    assert whole == "lower((title || E'\\n' || coalesce(body, '')) COLLATE \"pg_c_utf8\")"
    assert search_expression(post, "p", hidden=["body"]) == 'lower(p.title COLLATE "pg_c_utf8")'
    with pytest.raises(ValueError, match="no search field"):
        search_expression(post, hidden=["body", "title"])
    indexes = [index for table in schema_of(application).tables for index in table.indexes]
    assert f"({whole}) gin_trgm_ops" in [index.elements[0] for index in indexes]


def test_rules_tell_what_clients_are_told() -> None:
    text = """
name: Rules
entities:
  Cake:
    fields: {price: {type: money, min: 1, check: price < 100}, code: {type: string, unique: true}}
    relations: {baker: {to: User}, twin: {to: Cake, optional: true, unique: true}}
    rules: [{check: twin is None or twin.price < price, message: No!}]
    access: {list: public, read: public, create: public, update: public}
  Slice:
    part_of: cake
    owner: eater
    upsert: [cake, eater]
    append_only: false
    fields: {size: integer}
    relations: {cake: {to: Cake}, eater: {to: User}}
    access: {create: authenticated}
"""
    entries = {entry.constraint: entry for entry in rules_of(application_of(text))}
    told = {
        name: (entry.rule_id, entry.status, entry.pointer, entry.code, entry.entity)
        for name, entry in entries.items()
    }
    assert told["cake_price_min"] == ("cake.price.min", 409, None, "rule", None)
    assert told["cake_price_check"] == ("cake.price.check", 422, "/price", "rule", None)
    assert told["cake_check"] == ("cake.check", 409, None, "rule", None)
    assert entries["cake_check"].message == "No!"
    assert told["cake_code_unique"] == ("cake.code.unique", 409, None, "rule", None)
    assert told["cake_twin_unique"] == ("cake.twin.unique", 409, None, "rule", None)
    assert told["cakes_baker_id_fkey"] == ("cake.baker", 422, "/baker_id", "reference", "Cake")
    assert told["slices_cake_id_fkey"] == ("slice.cake", 422, None, "reference", "Slice")
    assert told["slices_eater_id_fkey"] == ("slice.eater", 422, None, "reference", "Slice")
    assert told["slice_unique"] == ("slice.unique", 409, None, "rule", None)

"""Constants in SQL, and names inside pieces of SQL."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pytest

from local_engine.generator.emit.relational.literals import constant
from local_engine.generator.emit.relational.migration.tokens import names_in, with_names

BERLIN = dt.timezone(dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "NULL"),
        (True, "true"),
        (-5, "-5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.10"), "-0.10"),
        ("it's", "'it''s'"),
        (dt.date(2026, 2, 28), "'2026-02-28'"),
        (dt.time(14, 30), "'14:30:00'"),
        (dt.datetime(2026, 2, 28, 1, tzinfo=BERLIN), "'2026-02-28 00:00:00+00'"),
        (dt.timedelta(days=2, minutes=5), "'48:05:00'"),
        (dt.timedelta(seconds=-1, microseconds=-5), "'-00:00:01.000005'"),
        (UUID(int=1), "'00000000-0000-0000-0000-000000000001'"),
        (["a'b"], "'[\"a''b\"]'"),
    ],
)
def test_constants(value: object, expected: str) -> None:
    assert constant(value) == expected


def test_a_value_of_no_field_is_an_error() -> None:
    with pytest.raises(TypeError, match="no SQL for a object"):
        constant(object())


def test_names_change_but_not_texts_and_functions() -> None:
    sql = """lower(title) = 'title' AND "order" > title_2 AND title (1) < t.title"""
    assert with_names(sql, {"title": "name", "order": "rank", "lower": "x"}) == (
        """lower(name) = 'title' AND rank > title_2 AND title (1) < t.name"""
    )
    assert with_names("a = 1", {"a": "user"}) == '"user" = 1'
    assert names_in(sql) >= {"title", "order", "title_2"}
    assert "lower" not in names_in(sql)

"""Query strings of lists: what is accepted, and the SQL that it becomes."""

from __future__ import annotations

import base64
import json

import pytest
from starlette.datastructures import QueryParams

from local_engine.generator.emit.fastapi.fixed.core.pagination import ListField, ListQuery, Page
from local_engine.generator.emit.fastapi.fixed.core.problem import Problem
from local_engine.generator.emit.fastapi.fixed.core.values import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    ID,
    INTEGER,
    TEXT,
    TIME,
    ValueType,
    one_of,
)

QUERY = ListQuery(
    fields={
        "name": ListField("t.name", TEXT, filter=True, sort=True),
        "size": ListField("t.size", INTEGER, filter=True, sort=True, nullable=True),
        "state": ListField("t.state", one_of(["on", "off"]), filter=True),
        "secret": ListField("t.secret", TEXT, filter=True, sort=True),
        "created_at": ListField("t.created_at", DATETIME, sort=True),
    },
    key="t.id",
    default_sort="-created_at",
    search="lower(t.name)",
)
ROW = "01a206d4-4398-7fa0-8bf2-32602bd4fd8f"


def parse(text: str, hidden: tuple[str, ...] = ()) -> Page:
    return QUERY.parse(QueryParams(text), hidden)


def refused(text: str, hidden: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    with pytest.raises(Problem) as caught:
        parse(text, hidden)
    assert caught.value.status == 422
    return [(e["pointer"], e["code"]) for e in caught.value.extensions["errors"]]


def cursor(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def test_nothing_asked_gives_the_defaults() -> None:
    page = parse("")
    assert (page.limit, page.order, page.conditions) == (20, "t.created_at DESC, t.id", ())


@pytest.mark.parametrize(
    "limit", ["0", "-1", "101", "1000000000", "1.5", "ten", "", "٣", "1e1", " 5"]
)
def test_a_limit_outside_is_refused(limit: str) -> None:
    assert refused(f"limit={limit}") == [("/query/limit", "out_of_range")]


@pytest.mark.parametrize("limit", [1, 100])
def test_the_limits_of_the_limit(limit: int) -> None:
    assert parse(f"limit={limit}").limit == limit


@pytest.mark.parametrize(
    "text",
    [
        "colour=red",
        "name.like=x",
        "size.null=true&name.null=true",
        "created_at=2026-01-01T00:00:00Z",
        "state.gt=on",
        "name.=x",
        "Name=x",
        "password_hash=x",
        "t.name=x",
        "order=1",
        "offset=1",
    ],
)
def test_an_unknown_parameter_is_refused(text: str) -> None:
    assert [code for _, code in refused(text)] == ["unknown"]


@pytest.mark.parametrize(
    "text",
    ["size=x", "size.null=1", "state=broken", "size.gte=", "size=99999999999999999999", "name=%00"],
)
def test_a_wrong_value_is_refused(text: str) -> None:
    assert [code for _, code in refused(text)] == ["type"]


def test_every_complaint_is_told_at_once() -> None:
    assert len(refused("limit=0&sort=x&colour=1&size=x&cursor=x")) == 5


def test_a_repeated_parameter_is_refused() -> None:
    assert refused("name=a&name=b") == [("/query/name", "repeated")]


@pytest.mark.parametrize(
    "sort", ["state", "secrets", "", "name,name", "-", "name,", "--name", "name desc"]
)
def test_what_cannot_be_sorted_by_is_refused(sort: str) -> None:
    assert refused(f"sort={sort}") == [("/query/sort", "not_allowed")]


def test_hidden_fields_do_not_exist() -> None:
    hidden = ("secret",)
    assert parse("secret=a&sort=secret").conditions
    assert refused("secret=a&sort=secret", hidden) == [
        ("/query/sort", "not_allowed"),
        ("/query/secret", "unknown"),
    ]


def test_values_never_become_sql() -> None:
    page = parse("name=x'; DROP TABLE t; --&q=%25_\\")
    assert all("DROP" not in condition for condition in page.conditions)
    assert page.parameters == {"list_0": "x'; DROP TABLE t; --", "list_1": "%\\%\\_\\\\%"}


def test_several_sorts_with_directions() -> None:
    assert parse("sort=-size,name").order == "t.size DESC, t.name ASC, t.id"


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "",
        "!!!!",
        "bm9wZQ==",
        cursor(None),
        cursor([]),
        cursor({"a": 1}),
        cursor(["-created_at"]),
        cursor(["name", "x", ROW]),
        cursor(["-created_at", "yesterday", ROW]),
        cursor(["-created_at", None, ROW]),
        cursor(["-created_at", "2026-01-01T00:00:00Z", "x"]),
        cursor(["-created_at", "2026-01-01T00:00:00Z", ROW, ROW]),
        cursor(["-created_at", 5, ROW]),
        "ä",
        "A" * 5000,
    ],
)
def test_garbage_is_no_cursor(text: str) -> None:
    assert refused(f"cursor={text}") == [("/query/cursor", "invalid")]


def test_a_cursor_belongs_to_its_sort() -> None:
    made = cursor(["size", "5", ROW])
    assert parse(f"sort=size&cursor={made}").conditions
    assert refused(f"sort=-size&cursor={made}") == [("/query/cursor", "invalid")]


@pytest.mark.parametrize("text", ["q=" + "a" * 201, "q=" + "a+" * 11, "q=%00"])
def test_a_search_has_limits(text: str) -> None:
    assert [pointer for pointer, _ in refused(text)] == ["/query/q"]


def test_a_list_without_search_fields_has_no_q() -> None:
    plain = ListQuery(fields=QUERY.fields, key="t.id", default_sort="name")
    with pytest.raises(Problem):
        plain.parse(QueryParams("q=x"))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (INTEGER, ["0", "-7"], ["1.0", "0x1", "٣", "+1", "1 "]),
        (DECIMAL, ["1", "-1.50"], ["1e5", "NaN", ".5", "1."]),
        (BOOLEAN, ["true", "false"], ["1", "True", "yes", ""]),
        (DATE, ["2026-02-28"], ["2026-02-29", "yesterday", "20260228", "2026-W09-6"]),
        (TIME, ["18:30", "18:30:15"], ["25:00", "18", "18:30Z"]),
        (
            DATETIME,
            ["2026-02-28T18:30:00Z", "2026-02-28T18:30:00+01:00", "2026-02-28T18:30:00 01:00"],
            ["2026-02-28T18:30:00", "2026-02-28", "0001-01-01T00:00:00+14:00"],
        ),
        (ID, [ROW], ["x", ROW.replace("-", ""), "{" + ROW + "}"]),
    ],
)
def test_values_in_query_strings(kind: ValueType, good: list[str], bad: list[str]) -> None:
    for text in good:
        kind.parse(text)
    for text in bad:
        with pytest.raises(ValueError):  # noqa: PT011 - every kind of wrong value
            kind.parse(text)

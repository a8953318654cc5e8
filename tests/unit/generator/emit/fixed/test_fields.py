"""Types of fields: one form each, and nothing else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from local_engine.generator.emit.fastapi.fixed.core.fields import (
    DATE,
    DATETIME,
    DURATION,
    EMAIL,
    ID,
    JSON_VALUE,
    ONE_LINE,
    PROSE,
    TIME,
    URL,
    DecimalText,
    as_json,
)

Money = Annotated[Decimal, DecimalText(15, 2)]
NATIVE: dict[str, Any] = {
    "money": Money,
    "price": Annotated[Decimal, DecimalText(15, 2), Field(ge=Decimal("0.01"))],
    "yen": Annotated[Decimal, DecimalText(15, 0)],
    "date": Annotated[dt.date, DATE],
    "time": Annotated[dt.time, TIME],
    "datetime": Annotated[dt.datetime, DATETIME],
    "duration": Annotated[dt.timedelta, DURATION],
    "id": Annotated[UUID, ID],
    "email": Annotated[str, EMAIL],
    "url": Annotated[str, URL],
    "json": Annotated[Any, JSON_VALUE],
    "line": Annotated[str, ONE_LINE, Field(max_length=10)],
    "prose": Annotated[str, PROSE],
}


def read(kind: str, json: str) -> Any:
    return TypeAdapter(NATIVE[kind]).validate_json(json, strict=True)


@pytest.mark.parametrize(
    ("kind", "json", "value"),
    [
        ("money", '"12.5"', Decimal("12.5")),
        ("money", '"-0.01"', Decimal("-0.01")),
        ("money", '"123456789012345.99"', Decimal("123456789012345.99")),
        ("price", '"0.01"', Decimal("0.01")),
        ("yen", '"100"', Decimal(100)),
        ("date", '"2028-02-29"', dt.date(2028, 2, 29)),
        ("time", '"14:30"', dt.time(14, 30)),
        ("time", '"23:59:59.5"', dt.time(23, 59, 59, 500_000)),
        (
            "datetime",
            '"2026-02-28T14:30:00+01:00"',
            dt.datetime(2026, 2, 28, 13, 30, tzinfo=dt.UTC),
        ),
        (
            "datetime",
            '"2026-02-28t13:30:00.25z"',
            dt.datetime(2026, 2, 28, 13, 30, 0, 250_000, dt.UTC),
        ),
        ("duration", '"PT36H"', dt.timedelta(hours=36)),
        ("duration", '"P1DT12H"', dt.timedelta(hours=36)),
        ("duration", '"P2W"', dt.timedelta(days=14)),
        ("duration", '"PT0.5S"', dt.timedelta(milliseconds=500)),
        ("duration", '"PT0S"', dt.timedelta()),
        (
            "id",
            '"01A206D4-4398-7fa0-8bf2-32602bd4fd8f"',
            UUID("01a206d4-4398-7fa0-8bf2-32602bd4fd8f"),
        ),
        ("email", '"Ada@Example.com"', "Ada@example.com"),
        ("url", '"https://example.com:8443/a?b=c#d"', "https://example.com:8443/a?b=c#d"),
        ("json", '{"a": [1, null]}', {"a": [1, None]}),
        ("json", "0", 0),
        ("line", '"tab-free"', "tab-free"),
        ("prose", '"a\\n\\tb\\r"', "a\n\tb\r"),
    ],
)
def test_the_right_form_is_read(kind: str, json: str, value: Any) -> None:
    assert read(kind, json) == value


@pytest.mark.parametrize(
    ("kind", "json"),
    [
        *[
            ("money", json)
            for json in (
                "12.5",
                "1",
                '""',
                '"1.005"',
                '"1."',
                '".5"',
                '"+1"',
                '"1e2"',
                '" 1"',
                '"1_0"',
                '"NaN"',
                '"Infinity"',
                '"１"',
                '"1234567890123456"',
                "null",
                "true",
                '"1,5"',
                '"--1"',
            )
        ],
        ("price", '"0.00"'),
        ("yen", '"1.0"'),
        *[
            ("date", json)
            for json in (
                '"2026-02-29"',
                '"20260228"',
                '"2026-2-8"',
                "20260228",
                '"1700000000"',
                '"0000-01-01"',
                '"2026-02-28T00:00:00"',
            )
        ],
        *[
            ("time", json)
            for json in ('"24:00"', '"14"', '"14:60"', '"14:30:00Z"', '"2:30"', "52200")
        ],
        *[
            ("datetime", json)
            for json in (
                '"2026-02-28T14:30:00"',
                '"2026-02-28"',
                '"1700000000"',
                "1700000000",
                '"2026-02-28T14:30+01:00"',
                '"2026-02-28T14:30:00.1234567Z"',
                '"2026-02-28T24:00:00Z"',
                '"0001-01-01T00:00:00+14:00"',
                '"9999-12-31T23:59:59-01:00"',
                '"2026-02-30T00:00:00Z"',
                '"2026-02-28T14:30:60Z"',
            )
        ],
        *[
            ("duration", json)
            for json in (
                '"P"',
                '"PT"',
                '"P1Y"',
                '"P1M"',
                '"-PT1H"',
                '"PT1H30"',
                '"1:30"',
                "90",
                '"PT.5S"',
                '"P999999999W"',
            )
        ],
        *[
            ("id", json)
            for json in (
                '"01a206d443987fa08bf232602bd4fd8f"',
                '"{01a206d4-4398-7fa0-8bf2-32602bd4fd8f}"',
                '"x"',
                "1",
            )
        ],
        *[
            ("email", json)
            for json in (
                '"ada"',
                '"ada@"',
                '"Ada <ada@example.com>"',
                '"a@b@c.de"',
                '"ada@example.com\\n"',
                f'"{"a" * 250}@example.com"',
            )
        ],
        *[
            ("url", json)
            for json in (
                '"ftp://example.com"',
                '"javascript:alert(1)"',
                '"https://"',
                '"https://exa mple.com"',
                '"//example.com"',
                '"https://example.com:99999"',
                '"https://example.com/\\u0000"',
                f'"https://example.com/{"a" * 2048}"',
            )
        ],
        *[("json", json) for json in ("null", "NaN", "1e999", f'"{"a" * 65_536}"')],
        *[
            ("line", json)
            for json in ('"a\\nb"', '"a\\tb"', '"a\\u0085b"', '"a\\u007f"', '"12345678901"')
        ],
        *[("prose", json) for json in ('"a\\u0008b"', '"a\\u001b[0m"', '"a\\u009f"')],
    ],
)
def test_any_other_form_is_refused(kind: str, json: str) -> None:
    with pytest.raises(ValidationError):
        read(kind, json)


@pytest.mark.parametrize("kind", NATIVE)
def test_each_type_has_a_json_schema(kind: str) -> None:
    schema = TypeAdapter(NATIVE[kind]).json_schema()
    assert schema.get("type") == "string" or kind == "json"


def test_json_columns_take_values_that_json_does_not_know() -> None:
    stored = as_json([Decimal("1.50"), dt.date(2026, 1, 2), UUID(int=1)])
    assert stored is not None
    assert stored.obj == ["1.50", "2026-01-02", "00000000-0000-0000-0000-000000000001"]
    assert as_json(None) is None

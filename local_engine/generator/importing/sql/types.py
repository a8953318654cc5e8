"""Column types as field types; names are evidence where a type says too little."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from local_engine.generator.importing.naming import enum_value
from local_engine.generator.importing.sql.tables import Column, Schema

_MONEY = re.compile(
    r"(?:^|_)(?:price|amount|total|subtotal|cost|costs|fee|fees|balance|salary|wage|budget|revenue|"
    r"tax|vat|discount|deposit|payment|charge|rent|value|net|gross|paid|due|credit|debit)(?:$|_)"
)
_SHORT = re.compile(
    r"(?:^|_)(?:name|title|code|sku|label|phone|mobile|fax|city|country|street|state|zip|postcode|"
    r"iban|currency|language|locale|color|colour|username|login|slug|number|no|key|token|kind|type|"
    r"status|isbn|reference|ref|gender|role|unit|brand|model|email|url|subject)$"
)
"""Names of texts that are one line."""
_TEXT_LIMIT, _STRING_LIMIT = 20_000, 255
_MAX_SAID = 1_000_000
"""A longer limit of a text is no limit that anybody means."""
_WHOLE_DIGITS = 15

_INTEGERS = {
    "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "INT128", "UTINYINT", "USMALLINT",
    "UMEDIUMINT", "UINT", "UBIGINT", "SERIAL", "BIGSERIAL", "SMALLSERIAL", "YEAR",
}  # fmt: skip
_DECIMALS = {"DECIMAL", "UDECIMAL", "BIGDECIMAL"}
_CHARS = {"CHAR", "NCHAR", "VARCHAR", "NVARCHAR", "BPCHAR", "NAME"}
_TEXTS = {"TEXT", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT"}
_FIXED = (
    {"DATE": ("date", ""), "UUID": ("uuid", ""), "INTERVAL": ("duration", ""), "TIME": ("time", "")}
    | {"TIMETZ": ("time", "its zone is lost")}
    | dict.fromkeys(("JSON", "JSONB"), ("json", ""))
    | dict.fromkeys(("TIMESTAMPTZ", "TIMESTAMPLTZ"), ("datetime", ""))
    | dict.fromkeys(
        ("TIMESTAMP", "DATETIME", "TIMESTAMPNTZ", "SMALLDATETIME", "DATETIME2"),
        ("datetime", "the time had no zone: taken as UTC"),
    )
    | dict.fromkeys(
        ("FLOAT", "DOUBLE", "UDOUBLE"), ("decimal", "a binary float becomes a decimal of 6 places")
    )
    | dict.fromkeys(
        ("VARBINARY", "BINARY", "BLOB", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB", "IMAGE"),
        ("file", "binary data becomes a file with routes of its own"),
    )
    | dict.fromkeys(
        ("INET", "IPADDRESS", "IPV4", "IPV6", "XML", "BIT", "CIDR"),
        ("string", "a type of its own in the database, a string here"),
    )
    | dict.fromkeys(
        ("HSTORE", "MAP", "STRUCT", "OBJECT", "VARIANT", "GEOMETRY", "GEOGRAPHY", "POINT"),
        ("json", "a type of its own in the database, json here"),
    )
)
"""Types whose field does not depend on anything else, and what is assumed by it."""
_BOOLEANS: list[tuple[str, list[int]]] = [
    ("BOOLEAN", []),
    ("TINYINT", [1]),
    ("BIT", []),
    ("BIT", [1]),
]
_NAMED = {"cidr": "string", "macaddr": "string", "citext": "string", "hstore": "json",
          "name": "string", "ltree": "string", "xml": "text", "tsvector": None}  # fmt: skip
_SERIAL_ITEMS = {"string", "integer", "decimal", "boolean", "date", "uuid", "email", "url", "slug"}


def is_money(name: str) -> bool:
    """Whether a number of this name (snake_case) is an amount of money."""
    return _MONEY.search(name) is not None


def is_one_line(name: str) -> bool:
    """Whether a text of this name (snake_case) is one line."""
    return _SHORT.search(name) is not None


@dataclass
class TypedField:
    """A field as plain data of a Blueprint, and what had to be assumed for it.

    `renamed` maps values of an enum type to those that a Blueprint can have.
    """

    data: dict[str, Any]
    assumed: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)


def typed_field(column: Column, schema: Schema, currency_digits: int = 2) -> TypedField | None:
    """The field of a column; None where a Blueprint has no such type."""
    kind = column.type
    if kind is None:
        return TypedField({"type": "text"}, ["the column has no type: taken as a text"])
    name = kind.this.name if isinstance(kind.this, exp.DataType.Type) else ""
    if name == "USERDEFINED":
        return _named(column, kind, schema, currency_digits)
    if name in ("ARRAY", "LIST"):
        return _array(kind, schema)
    if name in ("ENUM", "SET"):
        values = [value.name for value in kind.expressions]
        found = enum_field(values)
        if name == "SET":
            found.data = {"type": "list", "of": "string"}
            found.assumed = [f"a set of {', '.join(values)}: the list may hold other words too"]
        return found
    return _scalar(column.name.lower(), name, _sizes(kind), currency_digits)


def enum_field(values: Sequence[str]) -> TypedField:
    """An enum of these values; those with other characters get names."""
    renamed: dict[str, str] = {}
    for value in dict.fromkeys(values):
        renamed[value] = enum_value(value, [*renamed.values()])
    changed = {old: new for old, new in renamed.items() if old != new}
    assumed = [f"the value `{old}` is called `{new}`" for old, new in changed.items()]
    return TypedField({"type": "enum", "values": list(renamed.values())}, assumed, renamed)


def _sizes(kind: exp.DataType) -> list[int]:
    return [int(size.name) for size in kind.expressions
            if isinstance(size, exp.DataTypeParam) and size.name.isdigit()]  # fmt: skip


def _named(
    column: Column, kind: exp.DataType, schema: Schema, currency_digits: int
) -> TypedField | None:
    """A type by its name: an enum, a domain, or one of an extension."""
    name = kind.sql("postgres").split("(")[0].rsplit(".", 1)[-1].strip('"')
    enum = schema.enums.get(name) or schema.enums.get(name.lower())
    if enum is not None:
        return enum_field(enum)
    domain = schema.domains.get(name) or schema.domains.get(name.lower())
    if domain is not None and domain.type.this.name != "USERDEFINED":
        return typed_field(Column(column.name, domain.type), schema, currency_digits)
    known = _NAMED.get(name.lower(), "text")
    if known is None:
        return None
    reason = f"the type {name} is taken as {known}"
    if name.lower() == "citext":
        reason += "; it compared without regard to case"
    return TypedField({"type": known}, [reason])


def _array(kind: exp.DataType, schema: Schema) -> TypedField:
    inner = kind.expressions[0] if kind.expressions else None
    item = typed_field(Column("item", inner), schema) if isinstance(inner, exp.DataType) else None
    if item is None or item.data["type"] not in _SERIAL_ITEMS | {"text", "enum", "money"}:
        return TypedField({"type": "json"}, ["an array of a type that lists cannot hold: json"])
    of = {"text": "string", "enum": "string", "money": "decimal"}.get(
        item.data["type"], item.data["type"]
    )
    assumed = ["the list may hold other words than the enum's"] if "values" in item.data else []
    data = {"type": "list"} if of == "string" else {"type": "list", "of": of}
    return TypedField(data, assumed)


def _scalar(name: str, kind: str, sizes: list[int], currency_digits: int) -> TypedField | None:
    if (kind, sizes) in _BOOLEANS:
        return TypedField({"type": "boolean"})
    if kind in _INTEGERS:
        return _integer(kind)
    if kind in _DECIMALS or kind in ("MONEY", "SMALLMONEY"):
        return _decimal(name, kind, sizes, currency_digits)
    if kind in _CHARS or kind in _TEXTS:
        return _text(name, kind, sizes)
    if kind in _FIXED:
        field_type, reason = _FIXED[kind]
        places = {"places": 6} if field_type == "decimal" else {}
        return TypedField({"type": field_type} | places, [reason] if reason else [])
    return None


def _integer(kind: str) -> TypedField:
    data: dict[str, Any] = {"type": "integer"}
    if kind.startswith("U"):
        return TypedField(data | {"min": 0})
    if kind == "YEAR":
        return TypedField(data | {"min": 1901, "max": 2155})
    return TypedField(data)


def _decimal(name: str, kind: str, sizes: list[int], currency_digits: int) -> TypedField:
    if kind not in _DECIMALS:
        return TypedField({"type": "money"}, ["the currency is that of the Blueprint"])
    precision, places = [*sizes, 0][:2] if sizes else (None, None)
    if places == currency_digits and is_money(name):
        return TypedField({"type": "money"}, ["an amount of money by its name and places"])
    if places == 0 and precision is not None and precision <= _WHOLE_DIGITS:
        return TypedField({"type": "integer"})
    data: dict[str, Any] = {"type": "decimal"}
    assumed = []
    if places is None:
        assumed.append("numeric without places is kept with 4")
    elif places != 4:
        data["places"] = places
    if kind == "UDECIMAL":
        data["min"] = 0
    return TypedField(data, assumed)


def _text(name: str, kind: str, sizes: list[int]) -> TypedField:
    limit = sizes[0] if sizes and sizes[0] <= _MAX_SAID else None
    for word, named in (("email", "email"), ("url", "url"), ("website", "url"), ("slug", "slug")):
        if re.search(rf"(?:^|_)(?:{word}|{word.replace('email', 'e_mail')})$", name):
            data: dict[str, Any] = {"type": named}
            return TypedField(data, [f"by its name it holds {_ARTICLES[named]}"])
    if kind in _TEXTS or (limit is None and kind == "VARCHAR"):
        kind_of_text = "string" if is_one_line(name) else "text"
        reason = "by its name one line of at most 255 characters"
        return TypedField({"type": kind_of_text}, [reason] if kind_of_text == "string" else [])
    limit = limit or (1 if kind in ("CHAR", "NCHAR", "BPCHAR") else _STRING_LIMIT)
    if limit > _STRING_LIMIT * 4:
        return TypedField({"type": "text"} | ({"max": limit} if limit != _TEXT_LIMIT else {}))
    return TypedField({"type": "string"} | ({"max": limit} if limit != _STRING_LIMIT else {}))


_ARTICLES = {"email": "e-mail addresses", "url": "web addresses", "slug": "slugs"}

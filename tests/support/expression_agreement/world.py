"""The entities that random expressions are about, their tables, and rows with awkward values.

Items have lines, lines have parts, items are linked to labels; there are missing values, the ends
of the calendar and of the integers, hours that a time zone skips or repeats, and odd text.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.types.json import Jsonb

from local_engine.generator.blueprint.expressions import Attribute, Symbol, SymbolKind
from local_engine.generator.blueprint.expressions.table_names import Many
from local_engine.generator.blueprint.expressions.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    EnumType,
    IntegerType,
    JsonType,
    ListType,
    ManyType,
    MoneyType,
    RecordType,
    RowType,
    TextType,
    TimeType,
    Type,
    UuidType,
)

BERLIN = ZoneInfo("Europe/Berlin")
STATUS = EnumType(("open", "paid", "on-hold"))
COLOUR = EnumType(("red", "open", "blue"))


@dataclass
class Shape:
    """An entity as the checker sees it."""

    name: str
    table: str
    known: dict[str, Attribute] = field(default_factory=dict)

    def attribute(self, name: str) -> Attribute | None:
        return self.known.get(name)

    def attributes(self) -> Iterable[str]:
        return list(self.known)

    def has(self, name: str, type_: Type, nullable: bool = False) -> None:
        self.known[name] = Attribute(name, type_, nullable)


ITEM, LINE, PART = Shape("Item", "items"), Shape("Line", "lines"), Shape("Part", "parts")
LABEL, USER, INPUT = Shape("Label", "labels"), Shape("User", "users"), Shape("input", "")
SHAPES = {shape.name: shape for shape in (ITEM, LINE, PART, LABEL, USER)}
MANY = {
    ("Item", "lines"): Many("Line", "item_id"),
    ("Item", "labels"): Many("Label", "item_id", "item_labels", "label_id"),
    ("Line", "parts"): Many("Part", "line_id"),
    ("User", "items"): Many("Item", "owner_id"),
}

_ITEM: list[tuple[str, Type, bool]] = [
    ("small", IntegerType(-6, 6), False),
    ("big", IntegerType(), False),
    ("stock", IntegerType(0, 50), False),
    ("rank", IntegerType(-(2**53), 2**53), True),
    ("price", MoneyType(2), False),
    ("bonus", MoneyType(2), True),
    ("ratio", DecimalType(4), False),
    ("done", BooleanType(), False),
    ("checked", BooleanType(), True),
    ("title", TextType(), False),
    ("note", TextType(), True),
    ("status", STATUS, False),
    ("colour", COLOUR, True),
    ("born_on", DateType(), False),
    ("ended_on", DateType(), True),
    ("at", DateTimeType(), False),
    ("until", DateTimeType(), True),
    ("opens", TimeType(), False),
    ("lasts", DurationType(), False),
    ("pause", DurationType(), True),
    ("code", UuidType(), False),
    ("tags", ListType(TextType()), False),
    ("data", JsonType(), True),
    ("owner", RowType(USER), False),
    ("parent", RowType(ITEM), True),
    ("lines", ManyType(LINE), False),
    ("labels", ManyType(LABEL), False),
]
_LINE: list[tuple[str, Type, bool]] = [
    ("quantity", IntegerType(0, 9), False),
    ("amount", MoneyType(2), False),
    ("discount", MoneyType(2), True),
    ("shipped_on", DateType(), False),
    ("done_at", DateTimeType(), True),
    ("took", DurationType(), False),
    ("note", TextType(), True),
    ("item", RowType(ITEM), False),
    ("product", RowType(ITEM), True),
    ("parts", ManyType(PART), False),
]
_INPUT: list[tuple[str, Type, bool]] = [
    ("n", IntegerType(), False),
    ("x", MoneyType(2), False),
    ("s", TextType(), True),
    ("on", DateType(), False),
    ("at", DateTimeType(), False),
    ("item", RowType(ITEM), False),
]
for _shape, _attributes in ((ITEM, _ITEM), (LINE, _LINE), (INPUT, _INPUT)):
    for _attribute in _attributes:
        _shape.has(*_attribute)
PART.has("size", IntegerType(-3, 3))
PART.has("label", TextType())
PART.has("line", RowType(LINE))
LABEL.has("name", TextType())
LABEL.has("weight", IntegerType())
USER.has("email", TextType())
USER.has("age", IntegerType(0, 150))
USER.has("roles", ListType(TextType()))
USER.has("items", ManyType(ITEM))


class WorldScope:
    """The names of an item, and `input` and `user` besides."""

    def resolve(self, name: str) -> Symbol | None:
        if name == "input":
            return Symbol(name, RecordType(INPUT), kind=SymbolKind.INPUT)
        if name == "user":
            return Symbol(name, RowType(USER), nullable=True, kind=SymbolKind.USER)
        found = ITEM.attribute(name)
        return None if found is None else Symbol(found.name, found.type, found.nullable)

    def names(self) -> Iterable[str]:
        return [*ITEM.attributes(), "input", "user"]


class WorldTables:
    """The tables of the world, see `Tables`."""

    def table(self, entity: str) -> str:
        return SHAPES[entity].table

    def column(self, entity: str, attribute: str) -> str:
        found = SHAPES[entity].attribute(attribute)
        return f"{attribute}_id" if found and isinstance(found.type, RowType) else attribute

    def target(self, entity: str, attribute: str) -> str:
        found = SHAPES[entity].attribute(attribute)
        assert found is not None
        assert isinstance(found.type, RowType)
        return found.type.name

    def many(self, entity: str, attribute: str) -> Many:
        return MANY[entity, attribute]

    def is_array(self, entity: str, attribute: str) -> bool:
        return (entity, attribute) == ("User", "roles")


class Row:
    """A row in memory; rows are the same only if they are the same object."""

    def __init__(self, id_: UUID, **values: Any) -> None:
        self.id = id_
        self.__dict__.update(values)


@dataclass
class World:
    """All rows of one data set."""

    users: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)


INTEGERS = [0, 1, -1, 2, 7, -7, 50, 3037000500, 2**31, -(2**31), 2**62, 2**63 - 1, -(2**63)]
MONEY = [Decimal(text) for text in ["0", "0.01", "-0.01", "0.05", "1.25", "2.50", "10", "-3.75"]]
MONEY += [Decimal(text) for text in ["19.99", "999999999999999.99", "-999999999999999.99"]]
RATIOS = [Decimal(text) for text in ["0", "0.0001", "0.5", "-0.5", "0.3333", "2.5", "-1.25", "100"]]
RATIOS += [Decimal("9999999999999999999.9999"), Decimal("-9999999999999999999.9999")]
TEXTS = ["", "a", "A", "b", "ab", "ä", "Ä", "ß", "ẞ", "Σ", "ΟΔΟΣ", "İ", "ﬀ", "z", "it's", "100%"]
TEXTS += ["a\\b", 'q"q', "e\u0301", "\uff5a", "\U0001f600", "A b", "%s", "{x}", "open", "red"]
DATES = [date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29), date(2026, 3, 29)]
DATES += [date(2026, 10, 25), date(1900, 1, 1), date(2000, 12, 31), date(2026, 3, 31)]
MOMENTS = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(9999, 12, 31, 20, tzinfo=timezone(timedelta(hours=-3))),
    datetime(1883, 11, 18, 17, tzinfo=UTC),
    datetime(1916, 4, 30, 22, 30, tzinfo=UTC),
    datetime(2500, 7, 1, tzinfo=ZoneInfo("America/New_York")),
    datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN),  # an hour that does not exist
    datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN),
    datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN),  # an hour that comes twice
    datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
    datetime(2026, 3, 28, 23, tzinfo=UTC),
    datetime(2026, 4, 4, 15, 30, tzinfo=ZoneInfo("Australia/Lord_Howe")),
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # a day that Apia skipped
]
SPANS = [timedelta(), timedelta(microseconds=1), timedelta(days=1), timedelta(hours=36)]
SPANS += [timedelta(minutes=90), timedelta(days=100_000), timedelta(seconds=1)]
TIMES = [time(0), time(12, 30), time(23, 59, 59, 999999), time(8, 0, 1)]
TAGS = ["a", "A", "it's", "100%", "ä"]


def make_world(seed: int, size: int = 14) -> World:
    """Random rows, mostly with values from the lists above."""
    chance = random.Random(seed)
    numbers = iter(range(1, 10_000))
    world = World()

    def row(**values: Any) -> Row:
        return Row(UUID(int=seed * 10_000 + next(numbers)), **values)

    for _ in range(4):
        roles = chance.sample(["admin", "baker", "it's"], chance.randint(0, 2))
        email, age = chance.choice(TEXTS), chance.randint(0, 150)
        world.users.append(row(email=email, age=age, roles=roles, items=[]))
    labels = [row(name=chance.choice(TEXTS), weight=chance.choice(INTEGERS)) for _ in range(4)]
    for _ in range(size):
        item = row(**_item_values(chance, world, labels))
        item.__dict__["owner"].items.append(item)
        world.items.append(item)
        for _ in range(chance.choice([0, 1, 2, 4])):
            line = row(**_line_values(chance, world, item))
            item.__dict__["lines"].append(line)
            for _ in range(chance.choice([0, 0, 1, 3])):
                size_, label = chance.randint(-3, 3), chance.choice(TEXTS)
                line.__dict__["parts"].append(row(size=size_, label=label, line=line))
    return world


def _item_values(chance: random.Random, world: World, labels: list[Row]) -> dict[str, Any]:
    def perhaps(values: list[Any]) -> Any:
        return chance.choice(values) if chance.random() < 0.6 else None

    return {
        "small": chance.randint(-6, 6),
        "big": chance.choice(INTEGERS),
        "stock": chance.randint(0, 50),
        "rank": perhaps([0, 1, -5, 2**53]),
        "price": chance.choice(MONEY),
        "bonus": perhaps(MONEY),
        "ratio": chance.choice(RATIOS),
        "done": chance.random() < 0.5,
        "checked": perhaps([True, False]),
        "title": chance.choice(TEXTS),
        "note": perhaps(TEXTS),
        "status": chance.choice(STATUS.values),
        "colour": perhaps(list(COLOUR.values)),
        "born_on": chance.choice(DATES),
        "ended_on": perhaps(DATES),
        "at": chance.choice(MOMENTS),
        "until": perhaps(MOMENTS),
        "opens": chance.choice(TIMES),
        "lasts": chance.choice(SPANS),
        "pause": perhaps(SPANS),
        "code": UUID(int=chance.randint(1, 3)),
        "tags": chance.sample(TAGS, chance.randint(0, 3)),
        "data": perhaps([{"a": 1}, [], 0, "x"]),
        "owner": chance.choice(world.users),
        "parent": perhaps(world.items) if world.items else None,
        "labels": chance.sample(labels, chance.randint(0, 3)),
        "lines": [],
    }


def _line_values(chance: random.Random, world: World, item: Row) -> dict[str, Any]:
    def perhaps(values: list[Any]) -> Any:
        return chance.choice(values) if chance.random() < 0.5 else None

    return {
        "quantity": chance.randint(0, 9),
        "amount": chance.choice(MONEY),
        "discount": perhaps(MONEY),
        "shipped_on": chance.choice(DATES),
        "done_at": perhaps(MOMENTS),
        "took": chance.choice(SPANS),
        "note": perhaps(TEXTS),
        "item": item,
        "product": perhaps(world.items),
        "parts": [],
    }


_COLUMNS = {
    IntegerType: "bigint",
    DecimalType: "numeric",
    MoneyType: "numeric",
    BooleanType: "boolean",
    TextType: "text",
    EnumType: "text",
    DateType: "date",
    DateTimeType: "timestamptz",
    TimeType: "time",
    DurationType: "interval",
    UuidType: "uuid",
    JsonType: "jsonb",
    ListType: "jsonb",
    RowType: "uuid",
}


def create_tables(connection: Connection[Any]) -> None:
    """Creates the tables; integrity is not what they are for."""
    tables = WorldTables()
    for shape in SHAPES.values():
        columns = ["id uuid PRIMARY KEY"]
        for name, attribute in shape.known.items():
            if isinstance(attribute.type, ManyType):
                continue
            kind = "text[]" if tables.is_array(shape.name, name) else _COLUMNS[type(attribute.type)]
            columns.append(f"{tables.column(shape.name, name)} {kind}")
        connection.execute(f"CREATE TABLE {shape.table} ({', '.join(columns)})")
    connection.execute("CREATE TABLE item_labels (item_id uuid, label_id uuid)")


def insert(connection: Connection[Any], world: World) -> None:
    """Writes all rows of a world."""
    labels: dict[UUID, Row] = {}
    for user in world.users:
        _insert_row(connection, USER, user)
    for item in world.items:
        _insert_row(connection, ITEM, item)
        for label in item.__dict__["labels"]:
            labels[label.id] = label
            pair = (item.id, label.id)
            connection.execute("INSERT INTO item_labels VALUES (%s, %s)", pair)
        for line in item.__dict__["lines"]:
            _insert_row(connection, LINE, line)
            for part in line.__dict__["parts"]:
                _insert_row(connection, PART, part)
    for label in labels.values():
        _insert_row(connection, LABEL, label)


def _insert_row(connection: Connection[Any], shape: Shape, row: Row) -> None:
    tables = WorldTables()
    columns, values = ["id"], [row.id]
    for name, attribute in shape.known.items():
        if isinstance(attribute.type, ManyType):
            continue
        columns.append(tables.column(shape.name, name))
        value = getattr(row, name)
        match attribute.type:
            case RowType():
                value = None if value is None else value.id
            case JsonType():
                value = None if value is None else Jsonb(value, dumps=json.dumps)
            case ListType() if not tables.is_array(shape.name, name):
                value = Jsonb(value)
            case DateTimeType() if value is not None:
                value = value.astimezone(UTC)
        values.append(value)
    places = ", ".join(["%s"] * len(values))
    statement = f"INSERT INTO {shape.table} ({', '.join(columns)}) VALUES ({places})"
    connection.execute(statement.encode(), values)

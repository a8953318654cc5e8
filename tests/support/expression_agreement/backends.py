"""The three ways to work out an expression: in memory, in SQL, in compiled Python."""

from __future__ import annotations

import copy
import importlib.util
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.util import cache_from_source
from pathlib import Path as FilePath
from types import ModuleType
from typing import Any

import psycopg
from psycopg import Connection

from expression_agreement.world import Row, World, WorldTables
from local_engine.generator.blueprint.expressions import (
    Environment,
    Expression,
    ExpressionError,
    evaluate,
)
from local_engine.generator.blueprint.expressions.expression import Path
from local_engine.generator.blueprint.expressions.python_names import HELPERS, PythonChildren
from local_engine.generator.blueprint.expressions.sql_functions import ERROR_STATES
from local_engine.generator.blueprint.expressions.table_names import (
    Record,
    Root,
    RowById,
    RowOf,
    TableNames,
    Value,
)
from local_engine.generator.blueprint.expressions.to_python import to_python
from local_engine.generator.blueprint.expressions.to_sql import to_sql
from local_engine.generator.blueprint.expressions.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    IntegerType,
    JsonType,
    MoneyType,
    Type,
)

ROOT = FilePath(__file__).resolve().parents[3]
HELPERS_FILE = ROOT / "local_engine/generator/emit/fastapi/fixed/core/expressions.py"
HELPERS_MODULE = "expression_helpers_under_test"


class Disagreement(AssertionError):
    """Two backends differ, or one of them cannot cope at all."""


class Failure:
    """What every backend answers where an expression has no value; all failures are equal."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Failure)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "<no value>"


FAILURE = Failure()


@dataclass(frozen=True)
class Setting:
    """What expressions are worked out with, besides the row: input, user, clock."""

    now: datetime
    user: Row | None
    n: int
    x: Decimal
    s: str | None
    on: date
    at: datetime
    item: Row


def in_memory(expression: Expression, row: Row, setting: Setting) -> object:
    """The value by `evaluate`."""
    names = ("n", "x", "s", "on", "at", "item")
    environment = Environment(
        now=setting.now,
        row=row,
        names={"input": {name: getattr(setting, name) for name in names}},
        user=setting.user,
        get=getattr,
        children=getattr,
        identity=lambda row: row.id,
    )
    try:
        return evaluate(expression, environment)
    except ExpressionError:
        return FAILURE


_ROOTS: dict[str, Root] = {
    "input": Record(
        {
            "n": Value("%(n)s::bigint"),
            "x": Value("%(x)s::numeric"),
            "s": Value("%(s)s::text"),
            "on": Value("%(on)s::date"),
            "at": Value("%(at)s::timestamptz"),
            "item": RowById("Item", "%(item)s::uuid"),
        }
    ),
    "user": RowById("User", "%(user)s::uuid"),
}


def sql_names() -> TableNames:
    """Names of a statement about items, called `i` in it."""
    return TableNames(WorldTables(), RowOf("Item", "i"), _ROOTS, now="%(now)s::timestamptz")


def _shown(sql: str, type_: Type) -> str:
    """Times as text: Python could not load all that PostgreSQL knows."""
    match type_:
        case DateType() | DateTimeType():
            return f"({sql})::text"
        case DurationType():
            return f"extract(epoch FROM {sql})"
        case _:
            return sql


def _read(value: Any, type_: Type) -> object:
    if value is None or value is FAILURE:
        return value
    match type_:
        case DateType() | DateTimeType():
            if value.endswith("BC") or value.index("-") > 4:
                return FAILURE
            if isinstance(type_, DateType):
                return date.fromisoformat(value)
            return datetime.fromisoformat(value.replace("+00", "+00:00"))
        case DurationType():
            return timedelta(microseconds=int(value * 1_000_000))
        case _:
            return value


def in_sql(
    connection: Connection[Any],
    expressions: Sequence[Expression],
    rows: Sequence[Row],
    setting: Setting,
) -> list[list[object]]:
    """The values by PostgreSQL: for every expression those of all rows.

    All of them are asked for at once; only where that fails one by one.
    """
    shown = [_shown(to_sql(expression, sql_names()), expression.type) for expression in expressions]
    try:
        columns = _columns(connection, shown, rows, setting)
    except psycopg.Error:
        columns = [_column(connection, sql, rows, setting) for sql in shown]
    return [
        [_read(value, expression.type) for value in column]
        for column, expression in zip(columns, expressions, strict=True)
    ]


def _column(
    connection: Connection[Any], sql: str, rows: Sequence[Row], setting: Setting
) -> list[Any]:
    try:
        return _columns(connection, [sql], rows, setting)[0]
    except psycopg.Error:
        return [_cell(connection, sql, row, setting) for row in rows]


def _cell(connection: Connection[Any], sql: str, row: Row, setting: Setting) -> Any:
    try:
        return _columns(connection, [sql], [row], setting)[0][0]
    except psycopg.Error as error:
        if error.sqlstate in ERROR_STATES:
            return FAILURE
        raise Disagreement(f"{error}\n{sql}") from error


def _columns(
    connection: Connection[Any], shown: Sequence[str], rows: Sequence[Row], setting: Setting
) -> list[list[Any]]:
    parameters = {
        "now": setting.now,
        "user": setting.user and setting.user.id,
        "n": setting.n,
        "x": setting.x,
        "s": setting.s,
        "on": setting.on,
        "at": setting.at.astimezone(UTC),
        "item": setting.item.id,
        "ids": [row.id for row in rows],
    }
    statement = f"SELECT i.id, {', '.join(shown)} FROM items AS i WHERE i.id = ANY (%(ids)s)"
    by_id = {line[0]: line[1:] for line in connection.execute(statement.encode(), parameters)}
    return [[by_id[row.id][index] for row in rows] for index in range(len(shown))]


def in_trigger(
    connection: Connection[Any], expression: Expression, rows: Sequence[Row]
) -> list[object]:
    """The values by a PL/pgSQL function, whose row is a variable as NEW is in a trigger.

    Each row is worked out several times: the planner first plans for the values at hand.
    """
    names = TableNames(WorldTables(), RowOf("Item", "r", variable=True), parameters=False)
    shown = _shown(to_sql(expression, names), expression.type)
    connection.execute(
        f"""CREATE OR REPLACE FUNCTION worked_out(item uuid) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          r items%ROWTYPE;
          result text;
        BEGIN
          SELECT * INTO r FROM items WHERE id = item;
          result := ({shown})::text;
          RETURN result;
        EXCEPTION WHEN numeric_value_out_of_range OR datetime_field_overflow OR division_by_zero
          THEN RETURN '<no value>';
        END $$""".encode()
    )
    values = []
    for row in [*rows, *rows]:
        found = connection.execute("SELECT worked_out(%s)", (row.id,)).fetchone()
        assert found is not None
        values.append(_read_text(found[0], expression.type))
    return values[len(rows) :]


def _read_text(value: str | None, type_: Type) -> object:
    if value is None:
        return None
    if value == "<no value>":
        return FAILURE
    match type_:
        case BooleanType():
            return value == "true"
        case IntegerType():
            return int(value)
        case DecimalType() | MoneyType():
            return Decimal(value)
        case DurationType():
            return _read(Decimal(value), type_)
        case JsonType():
            return json.loads(value)
        case _:
            return _read(value, type_)


@dataclass(frozen=True)
class Variables:
    """The names in compiled Python; see `PythonNames`."""

    own: str = "self"
    inner: bool = False
    now: str = "now"

    def zone(self, time_zone: str) -> str:
        return f'ZoneInfo("{time_zone}")'

    def value(self, path: Path) -> str:
        if path and path[0] in ("input", "user") and not self.inner:
            return ".".join(["data" if path[0] == "input" else "user", *path[1:]])
        return ".".join([self.own, *path])

    def children(self, path: Path, taken: frozenset[str]) -> PythonChildren:
        variable = f"row{len(taken)}"
        return PythonChildren(self.value(path), variable, Variables(variable, inner=True))


def load(path: FilePath, name: str) -> ModuleType:
    """The module in a file, under a name of its own.

    Time and size of the source may be those of another one that was compiled before.
    """
    FilePath(cache_from_source(str(path))).unlink(missing_ok=True)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def python_module(expressions: Sequence[Expression], signatures: Sequence[str]) -> str:
    """A module with a function for each expression."""
    imports = {"from datetime import date, datetime, timedelta", "from zoneinfo import ZoneInfo"}
    functions = []
    for number, (expression, signature) in enumerate(zip(expressions, signatures, strict=True)):
        code = to_python(expression, Variables())
        for needed in code.imports:
            module = HELPERS_MODULE if needed.module == HELPERS else needed.module
            imports.add(f"from {module} import {needed.name}")
        functions.append(signature.format(number=number) + f"\n    return {code.source}\n")
    return "\n".join([*sorted(imports), "", *functions])


def compiled(
    expressions: Sequence[Expression], folder: FilePath
) -> list[Callable[[Row, Setting], object]]:
    """The expressions as Python functions of a module that is written to a folder and imported."""
    helpers = sys.modules.get(HELPERS_MODULE) or load(HELPERS_FILE, HELPERS_MODULE)
    path = folder / "compiled_expressions.py"
    signatures = ["def e{number}(self, data, user, now):"] * len(expressions)
    path.write_text(python_module(expressions, signatures), encoding="utf-8")
    module = load(path, "compiled_expressions")

    def function(number: int) -> Callable[[Row, Setting], object]:
        def call(row: Row, setting: Setting) -> object:
            try:
                return getattr(module, f"e{number}")(row, setting, setting.user, setting.now)
            except helpers.ExpressionError:
                return FAILURE

        return call

    return [function(number) for number in range(len(expressions))]


def fixed_offsets(world: World) -> World:
    """A copy in which datetimes have fixed offsets, as those in a service do."""
    made = copy.deepcopy(world)
    for row in _rows(made):
        for name, value in row.__dict__.items():
            if isinstance(value, datetime):
                row.__dict__[name] = _fixed(value)
    return made


def _fixed(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if 1 < moment.year < 9999 else moment


def _rows(world: World) -> list[Row]:
    lines = [line for item in world.items for line in item.__dict__["lines"]]
    return [*world.items, *lines]


def same(left: object, right: object) -> bool:
    """Whether two values are equal and of one kind."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right

"""SQL for aggregates: sub-selects over the rows of to-many relations.

EXISTS and WHERE are used where nothing can go wrong. Where a part may fail, aggregate functions
with FILTER look at exactly the rows that count, in whatever order PostgreSQL reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_engine.generator.blueprint.expressions import sql_functions
from local_engine.generator.blueprint.expressions.failures import can_fail
from local_engine.generator.blueprint.expressions.nodes import Aggregate, Node, negation
from local_engine.generator.blueprint.expressions.sql_text import Level, Sql, collated, int8
from local_engine.generator.blueprint.expressions.types import (
    DurationType,
    IntegerType,
    TextType,
)

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions.sql_arithmetic import Arithmetics
    from local_engine.generator.blueprint.expressions.to_sql import Compiler


def aggregate(compiler: Compiler, arithmetics: Arithmetics, node: Aggregate) -> Sql:
    """The sub-select of an aggregate."""
    before = dict(compiler.rows)
    tables: list[str] = []
    conditions: list[str] = []
    for source in node.sources:
        names, path = compiler.place(source.many)
        children = names.children(path)
        compiler.rows[source.index] = children.row
        tables.append(children.source)
        conditions.append(children.condition)
    with compiler.shielded(node):
        writer = _Writer(compiler, arithmetics, ", ".join(tables), conditions)
        piece = writer.quantified(node) if _is_quantified(node) else writer.reduced(node)
    compiler.rows = before
    return piece


def _is_quantified(node: Aggregate) -> bool:
    return node.function in ("any", "all")


class _Writer:
    """Writes the sub-select over given tables."""

    def __init__(
        self, compiler: Compiler, arithmetics: Arithmetics, tables: str, conditions: list[str]
    ) -> None:
        self._compiler = compiler
        self._arithmetics = arithmetics
        self._tables = tables
        self._conditions = conditions

    def quantified(self, node: Aggregate) -> Sql:
        """any and all."""
        tests = [part for part in (node.where, node.body) if part is not None]
        if any(can_fail(test) for test in tests):
            return self._decided_by_all(node)
        if node.function == "any":
            return Sql(f"EXISTS ({self._select('1', tests)})")
        assert node.body is not None
        exceptions = [*([node.where] if node.where else []), negation(node.body)]
        return Sql(f"NOT EXISTS ({self._select('1', exceptions)})", Level.NOT)

    def _decided_by_all(self, node: Aggregate) -> Sql:
        """any and all where a row may fail: every row is looked at."""
        if node.body is None:
            return Sql(f"({self._counted(node)} > 0)")
        test, filtered, where = self._parts(node.body, node.where)
        if node.function == "any":
            decision = f"coalesce(bool_or({test.text}){filtered}, false)"
        else:
            decision = f"coalesce(bool_and({test.text}){filtered}, true)"
        return Sql(f"({self._select(decision, where)})")

    def reduced(self, node: Aggregate) -> Sql:
        """count, sum, avg, min and max."""
        if node.body is None:
            return Sql(self._counted(node))
        value, filtered, where = self._parts(node.body, node.where)
        result = self._result(node, value, filtered)
        return Sql(f"({self._select(result.text, where)})", int4=result.int4)

    def _counted(self, node: Aggregate) -> str:
        if node.where is None or not can_fail(node.where):
            return f"({self._select('count(*)', [node.where] if node.where else [])})"
        # With count(*), a FILTER that reads no row of these would count rows of the outer query.
        row = self._compiler.rows[node.sources[-1].index].column(())
        condition = self._compiler.sql(node.where).text
        return f"({self._select(f'count({row}) FILTER (WHERE {condition})', [])})"

    def _result(self, node: Aggregate, value: Sql, filtered: str) -> Sql:
        match node.function, node.type:
            case "sum", DurationType():
                return Sql(f"coalesce(sum({value.text}){filtered}, interval '0')")
            case "sum", IntegerType():
                return int8(Sql(f"coalesce(sum({value.text}){filtered}, 0)"))
            case "sum", _:
                return Sql(f"coalesce(sum({value.text}){filtered}, 0)")
            case "avg", _:
                total = Sql(f"sum({value.text}){filtered}")
                number = Sql(f"count({value.text}){filtered}")
                return self._arithmetics.function(sql_functions.DIVIDE, total, number)
            case function, _:
                text = collated(value).text if isinstance(node.type, TextType) else value.text
                return Sql(f"{function}({text}){filtered}", int4=value.int4)

    def _parts(self, body: Node, where: Node | None) -> tuple[Sql, str, list[Node]]:
        """The aggregate's argument, its FILTER, and what can go into WHERE instead."""
        value = self._compiler.sql(body)
        if where is None:
            return value, "", []
        if can_fail(where):
            return value, f" FILTER (WHERE {self._compiler.sql(where).text})", []
        return value, "", [where]

    def _select(self, result: str, tests: list[Node]) -> str:
        conditions = list(self._conditions)
        conditions += [self._compiler.sql(test).at(Level.AND) for test in tests]
        return f"SELECT {result} FROM {self._tables} WHERE {' AND '.join(conditions)}"  # noqa: S608

"""Python for aggregates: generators over rows that are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_engine.generator.blueprint.expressions.failures import can_fail, overflows
from local_engine.generator.blueprint.expressions.nodes import Aggregate, Node
from local_engine.generator.blueprint.expressions.python_text import Level, Python
from local_engine.generator.blueprint.expressions.reach import scale_and_whole
from local_engine.generator.blueprint.expressions.types import (
    DecimalType,
    DurationType,
    IntegerType,
    MoneyType,
)

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions.to_python import Compiler

_CONTEXT_DIGITS = 28


def aggregate(compiler: Compiler, node: Aggregate) -> Python:
    """The reduction of a generator."""
    before, around = dict(compiler.rows), compiler.variables
    loops, sources = [], []
    for source in node.sources:
        names, path = compiler.place(source.many)
        children = names.children(path, compiler.variables)
        compiler.rows[source.index] = children.row
        compiler.variables |= {children.variable}
        sources.append(children.source)
        loops.append(f"for {children.variable} in {children.source}")
    piece = _reduced(compiler, node, " ".join(loops), sources)
    compiler.rows, compiler.variables = before, around
    if node.function in ("avg", "min", "max") and not node.nullable:
        return Python(compiler.helper("known", piece.text).text, exact=piece.exact)
    return piece


def _reduced(compiler: Compiler, node: Aggregate, loops: str, sources: list[str]) -> Python:
    if node.function in ("any", "all"):
        return _quantified(compiler, node, loops)
    if node.body is None:
        if node.where is None and len(sources) == 1:
            return Python(f"len({sources[0]})")
        return Python(f"sum(1 {loops}{_filter(compiler, node.where)})")
    body = compiler.python(node.body)
    values = f"{body.text} {loops}{_filter(compiler, node.where)}"
    generator = f"({values})"
    if node.body.nullable:
        values = generator = compiler.helper("present", values).text
    match node.function:
        case "sum":
            return _sum(compiler, node, values, generator)
        case "avg":
            return compiler.helper("average", values)
        case function:
            return Python(f"{function}({generator}, default=None)", exact=body.exact)


def _sum(compiler: Compiler, node: Aggregate, values: str, generator: str) -> Python:
    match node.type:
        case IntegerType():
            total = Python(f"sum({values})")
            return compiler.helper("int64", total.text) if overflows(node) else total
        case DurationType():
            return Python(f"sum({generator}, {compiler.standard('datetime', 'timedelta')}())")
        case (DecimalType() | MoneyType()) as type_ if (
            sum(scale_and_whole(type_)) <= _CONTEXT_DIGITS
        ):
            return Python(f"sum({generator}, {compiler.standard('decimal', 'Decimal')}(0))")
        case _:
            return compiler.helper("total", values)


def _quantified(compiler: Compiler, node: Aggregate, loops: str) -> Python:
    """any and all; with a list where a row may fail, so that every row is looked at."""
    tests = [part for part in (node.where, node.body) if part is not None]
    if node.body is not None:
        body, where = compiler.python(node.body).text, node.where
    else:
        body, where = "True", node.where
    values = f"{body} {loops}{_filter(compiler, where)}"
    if any(can_fail(test) for test in tests):
        return Python(f"{node.function}([{values}])")
    return Python(f"{node.function}({values})")


def _filter(compiler: Compiler, where: Node | None) -> str:
    if where is None:
        return ""
    return f" if {compiler.python(where).over(Level.CONDITIONAL)}"

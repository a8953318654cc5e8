"""Reports: one module each in `app/reports`, with its statement, its answer and its handler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.expressions import Expression as BlueprintExpression
from local_engine.generator.blueprint.expressions.types import MoneyType, Type
from local_engine.generator.blueprint.resolved import Application, FieldType, Report
from local_engine.generator.emit.fastapi.actions.entrance import Entrance
from local_engine.generator.emit.fastapi.entities.functions import guard, sql_expression
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.routing import DOCUMENTS, Handler
from local_engine.generator.emit.fastapi.entities.schemas import attribute_statement
from local_engine.generator.emit.fastapi.entities.statements import Sql, block
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.fastapi.sql.expressions import condition_sql, value_sql
from local_engine.generator.emit.fastapi.sql.text import in_f_string, indented
from local_engine.generator.emit.fastapi.values import answer_type, ordered, shown
from local_engine.generator.emit.python import (
    NONE,
    Assign,
    Class,
    Evaluate,
    Expression,
    Module,
    Name,
    Return,
    Statement,
    Symbol,
    assign,
    attribute,
    call,
    const,
    imported,
    listing,
    subscript,
    union,
)
from local_engine.generator.emit.relational.names import literal, quote, relation_column

PACKAGE = "app.reports"
PERIODS = "app.rows.periods"
_FUNCTIONS = {
    "sum": "The sum of",
    "avg": "The average of",
    "min": "The least",
    "max": "The greatest",
}
_DATABASE = call(imported("app.core.services", "database"), "request")


@dataclass(frozen=True)
class ReportPart:
    """One report."""

    resources: Resources
    report: Report

    @property
    def application(self) -> Application:
        """The application."""
        return self.resources.application

    @property
    def entrance(self) -> Entrance:
        """The way in."""
        return Entrance(self.resources, self.report.access, self.report.tenanted)

    @cached_property
    def _plan(self) -> Plan:
        return Plan(self.resources, self.resources[self.report.entity])

    @property
    def module_name(self) -> str:
        """The dotted name of its module."""
        return f"{PACKAGE}.{self.report.name}"

    @property
    def router(self) -> Symbol:
        """Its router."""
        return Symbol(self.module_name, "router", f"{self.report.name}_report")

    @property
    def words(self) -> str:
        """Its name for people."""
        return self.report.name.replace("_", " ")

    @property
    def _class(self) -> str:
        return "".join(part.capitalize() for part in self.report.name.split("_"))

    def modules(self) -> Iterator[Module]:
        """Its one module."""
        yield self.module()

    def module(self) -> Module:
        """The module."""
        module = Module(self.module_name, f"The report “{self.words}”.\n\n{self._told}")
        module.assign(
            "router", call(imported("fastapi", "APIRouter"), tags=listing(const("reports")))
        )
        self.entrance.add_guard(module)
        module.assign("REPORT", sql_expression(self.statement()))
        for definition in self._answers():
            module.define(definition)
        module.define(self.handler().function())
        return module

    @property
    def _told(self) -> str:
        report = self.report
        if report.description.strip():
            return report.description.strip()
        words = self._plan.resource.plural_words
        what = f"How many {words} there are"
        if report.value is not None:
            what = f"{_FUNCTIONS[report.function]} {report.value.text} over {words}"
        where = f" where {report.where.text}" if report.where is not None else ""
        per = ", ".join(key.expression.text for key in report.keys)
        return f"{what}{where}{f', per {per}' if per else ''}."

    def statement(self) -> Sql:
        """The whole answer as one JSON text."""
        keys = [(key.name, key.expression.type) for key in self.report.keys]
        pairs = [f"{literal(name)}, {shown(f'report.{quote(name)}', kind)}" for name, kind in keys]
        pairs.append(f"'value', {self._shown_value()}")
        order = ", ".join(ordered(f"report.{quote(name)}", kind) for name, kind in keys)
        inner = ",\n".join(pairs)
        made = f"json_build_object(\n{indented(inner)}\n)"
        gathered = f"{made} ORDER BY {order}" if order else made
        items = indented(f"coalesce(json_agg({gathered}), '[]')")
        symbol = self._plan.access.symbol
        return Sql(
            block(
                f"SELECT json_build_object(\n    'rows',\n{items}\n)::text",
                f"FROM (\n{indented(self._grouped(symbol.bare))}\n) AS report",
            ),
            {symbol.bare: symbol},
        )

    def _grouped(self, access: str) -> str:
        """The rows of the report, with values as the database knows them."""
        row = self._plan.row
        columns = [
            f"{value_sql(key.expression, row)} AS {quote(key.name)}" for key in self.report.keys
        ]
        columns.append(f"{self._aggregated()} AS value")
        selected = in_f_string(",\n".join(columns))
        lines = [
            f"SELECT\n{indented(selected)}",
            f"{{{access}.SOURCE}}",
            "WHERE " + "\n  AND ".join(self._conditions(access)),
        ]
        if self.report.keys:
            numbers = ", ".join(str(number + 1) for number in range(len(self.report.keys)))
            lines.append(f"GROUP BY {numbers}")
        return "\n".join(lines)

    def _conditions(self, access: str) -> Iterator[str]:
        row, report = self._plan.row, self.report
        if self.entrance.tenant is not None and self.application.tenancy is not None:
            column = relation_column(self.application.tenancy.relation)
            yield f"{row.alias}.{quote(column)} = %({self.entrance.tenant.id_parameter})s"
        yield f"{{{access}.READABLE}}"
        if report.where is not None:
            yield in_f_string(condition_sql(report.where, row))
        if report.period is not None:
            moment = self._moment(report.period)
            for name, operator in (("from", ">="), ("to", "<")):
                bound = f"%({name})s::timestamptz"
                yield f"({bound} IS NULL OR {moment} {operator} {bound})"

    def _moment(self, period: str) -> str:
        """The period's field as a time; a date stands for its beginning."""
        column = self._plan.row.value(period)
        field = self._plan.entity.fields.get(period)
        if field is None or field.type is not FieldType.DATE:
            return column
        return f"({column}::timestamp AT TIME ZONE {literal(self.application.time_zone)})"

    @property
    def _value(self) -> BlueprintExpression | None:
        return None if self.report.function == "count" else self.report.value

    def _aggregated(self) -> str:
        value, function = self._value, self.report.function
        if value is None:
            return "count(*)"
        sql = value_sql(value, self._plan.row)
        match function:
            case "sum":
                return f"coalesce(sum({sql}), 0)"
            case "avg":
                return f"divide_half_even(sum({sql}), nullif(count({sql}), 0))"
            case _:
                return f"{function}({ordered(sql, value.type)})"

    def _shown_value(self) -> str:
        value = self._value
        if value is None:
            return "report.value"
        if self.report.function == "avg":
            return f"round_half_even(report.value, {_average_places(value.type)})::text"
        return shown("report.value", value.type)

    def _answers(self) -> Iterator[Class]:
        """The models of the answer."""
        base = (imported("pydantic", "BaseModel"),)
        body: list[Statement] = []
        for key in self.report.keys:
            kind = answer_type(key.expression.type)
            nullable = key.expression.nullable
            body.append(
                attribute_statement(key.name, union(kind, NONE) if nullable else kind, None)
            )
        body.append(Assign("value", None, self._value_type()))
        yield Class(f"{self._class}Row", base, tuple(body), f"One row of the report {self.words}.")
        rows = Assign("rows", None, subscript("list", f"{self._class}Row"))
        yield Class(f"{self._class}Report", base, (rows,), f"The report {self.words}.")

    def _value_type(self) -> Expression:
        value = self._value
        if value is None:
            return Name("int")
        kind = Name("str") if self.report.function == "avg" else answer_type(value.type)
        always = self.report.function == "sum" or (bool(self.report.keys) and not value.nullable)
        return kind if always else union(kind, NONE)

    def handler(self) -> Handler:
        """The route."""
        entrance, period = self.entrance, self.report.period
        query = attribute("request", "query_params")
        body: list[Statement] = [*entrance.opening(), *entrance.admission(_DATABASE)]
        details = dict(entrance.signing_in)
        if period is None:
            refuse = imported(PERIODS, "require_no_parameters")
            body.append(Evaluate(call(refuse, query)))
            names = entrance.names()
        else:
            read = imported(PERIODS, "read_period")
            body.append(assign("period", call(read, query, const(self.application.time_zone))))
            names = entrance.names("period")
            details["parameters"] = imported(PERIODS, "PERIOD_PARAMETERS")
        body += [
            assign("report", guard("require_row", _DATABASE, "REPORT", names)),
            Return(call(imported(DOCUMENTS, "JsonResponse"), subscript("report", const(0)))),
        ]
        during = f"`from` and `to` are about {period}. " if period else ""
        return Handler(
            "get",
            f"{entrance.prefix}/reports/{self.report.segment}",
            f"report_{self.report.name}",
            f"Report: {self.words}",
            f"{self._told}\n\n{during}{entrance.who}",
            tuple(entrance.place),
            tuple(body),
            (*entrance.problems, 422),
            details,
            Name(f"{self._class}Report"),
        )


def _average_places(type_: Type) -> int:
    return type_.scale if isinstance(type_, MoneyType) else 4


def report_parts(resources: Resources) -> Iterator[ReportPart]:
    """All reports."""
    for report in resources.application.reports.values():
        yield ReportPart(resources, report)


def package_module() -> Module:
    """`app/reports/__init__.py`."""
    return Module(PACKAGE, "Reports: figures over the rows that the actor may read.", True)

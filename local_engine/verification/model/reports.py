"""Reports over the rows that a subject may read: docs/blueprint.md, §11."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from local_engine.generator.blueprint.expressions.types import (
    DecimalType,
    DurationType,
    MoneyType,
    RowType,
    Type,
)
from local_engine.generator.blueprint.resolved import Field, FieldType, Report
from local_engine.verification.model.access import Judge
from local_engine.verification.model.lists import narrowed
from local_engine.verification.model.outcome import Refused
from local_engine.verification.model.scope import View
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import Invalid, read_datetime, show, show_datetime


def report_rows(
    judge: Judge, report: Report, parameters: Sequence[tuple[str, str]], tenant: Row | None
) -> list[dict[str, Any]]:
    """The rows of a report, ordered by their keys."""
    limits = _period(judge.view, report, parameters)
    groups: dict[tuple[Any, ...], list[Row]] = {} if report.keys else {(): []}
    for row in narrowed(judge, report.where, readable_rows(judge, report.entity, tenant)):
        if _inside(judge.view, report, row, limits):
            keys = tuple(judge.view.evaluate(key.expression, row) for key in report.keys)
            groups.setdefault(tuple(_plain(key) for key in keys), []).append(row)
    ordered = sorted(groups, key=lambda keys: [(key is None, _order(key)) for key in keys])
    return [_answer(judge, report, keys, groups[keys]) for keys in ordered]


def readable_rows(judge: Judge, entity: str, tenant: Row | None) -> list[Row]:
    """All rows of an entity (of a tenant) that the subject may read."""
    tenancy = judge.view.application.tenancy
    rows = judge.view.store.rows(entity)
    if tenancy and tenant and judge.view.application.entities[entity].tenanted:
        rows = (row for row in rows if row.values.get(tenancy.relation) == tenant.id)
    return [row for row in rows if judge.readable(row)]


def _plain(key: Any) -> Any:
    return key.id if isinstance(key, Row) else key


def _order(key: Any) -> Any:
    return 0 if key is None else key


def _period(
    view: View, report: Report, parameters: Sequence[tuple[str, str]]
) -> tuple[datetime | None, datetime | None]:
    known = {"from": None, "to": None} if report.period else {}
    given: dict[str, datetime | None] = dict(known)
    for name, value in parameters:
        if name not in known:
            raise Refused(422, why=f"{name} is not a parameter of this report", fields=(name,))
        given[name] = _moment(view, name, value)
    return given.get("from"), given.get("to")


def _moment(view: View, name: str, text: str) -> datetime:
    try:
        return start_of(view, date.fromisoformat(text)) if len(text) == 10 else read_datetime(text)
    except (ValueError, Invalid):
        raise Refused(422, why=f"{name} is not a date or time", fields=(name,)) from None


def start_of(view: View, day: date) -> datetime:
    """The instant at which a day begins in the Blueprint's time zone."""
    zone = ZoneInfo(view.application.time_zone)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _inside(
    view: View, report: Report, row: Row, limits: tuple[datetime | None, datetime | None]
) -> bool:
    begin, end = limits
    if begin is None and end is None:
        return True
    value = view.get(row, report.period or "")
    if value is None:
        return False
    moment = value if isinstance(value, datetime) else start_of(view, value)
    return (begin is None or moment >= begin) and (end is None or moment < end)


def _answer(judge: Judge, report: Report, keys: tuple[Any, ...], rows: list[Row]) -> dict[str, Any]:
    named = {
        key.name: show_typed(key.expression.type, value)
        for key, value in zip(report.keys, keys, strict=True)
    }
    return {**named, "value": _value(judge, report, rows)}


def _value(judge: Judge, report: Report, rows: list[Row]) -> Any:
    if report.value is None or report.function == "count":
        return len(rows)
    found = (judge.view.evaluate(report.value, row) for row in rows)
    values = [value for value in found if value is not None]
    type_ = report.value.type
    if report.function == "sum":
        nothing = Decimal(0) if isinstance(type_, DecimalType | MoneyType) else 0
        return show_typed(type_, sum(values, nothing))
    if not values:
        return None
    if report.function == "avg":
        places = type_.scale if isinstance(type_, MoneyType) else 4
        with localcontext() as context:
            context.prec = 100
            mean = Decimal(sum(values)) / len(values)
        return show(Field("value", FieldType.DECIMAL, places=places), mean)
    return show_typed(type_, min(values) if report.function == "min" else max(values))


def show_typed(type_: Type, value: Any) -> Any:
    """The JSON form of an expression's value."""
    if value is None:
        return None
    if isinstance(type_, DecimalType | MoneyType):
        return show(Field("value", FieldType.DECIMAL, places=type_.scale), value)
    if isinstance(type_, DurationType):
        return show(Field("value", FieldType.DURATION), value)
    if isinstance(type_, RowType):
        return _plain(value)
    if isinstance(value, datetime):
        return show_datetime(value)
    return value.isoformat() if isinstance(value, date | time) else value

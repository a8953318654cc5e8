"""What a migration means for the rows that are there, with the SQL that counts those concerned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.emit.relational.functions import called_in
from local_engine.generator.emit.relational.migration.changes import Item, TableChange
from local_engine.generator.emit.relational.migration.columns import needs_value
from local_engine.generator.emit.relational.migration.counting import Counting
from local_engine.generator.emit.relational.migration.guards import broken_rows
from local_engine.generator.emit.relational.migration.plan import Plan
from local_engine.generator.emit.relational.migration.renames import Renames
from local_engine.generator.emit.relational.migration.tokens import names_in
from local_engine.generator.emit.relational.names import USER_TABLE, literal, quote
from local_engine.generator.emit.relational.schema import (
    Check,
    ForeignKey,
    Schema,
    Table,
    UniqueKey,
)


class RiskKind(StrEnum):
    """What happens to rows; the first four lose something, the next four may stop the migration."""

    TABLE_DROPPED = "table dropped"
    COLUMN_DROPPED = "column dropped"
    VALUES_OVERWRITTEN = "values overwritten"
    VALUES_SHORTENED = "values shortened"
    VALUES_UNCONVERTIBLE = "values that cannot be converted"
    RULE_BROKEN = "rule over old rows"
    VALUE_MISSING = "required without a value"
    NULLS_REFUSED = "required, but empty in old rows"
    DEFAULT_GIVEN = "default given to old rows"
    ROLE_GONE = "role that users keep"

    @property
    def loses(self) -> bool:
        """Whether something is gone for good."""
        return self in _LOSING

    @property
    def stops(self) -> bool:
        """Whether the migration refuses to run as long as there are such rows."""
        return self in _STOPPING


_LOSING = (
    RiskKind.TABLE_DROPPED,
    RiskKind.COLUMN_DROPPED,
    RiskKind.VALUES_OVERWRITTEN,
    RiskKind.VALUES_SHORTENED,
)
_STOPPING = (
    RiskKind.VALUES_UNCONVERTIBLE,
    RiskKind.RULE_BROKEN,
    RiskKind.VALUE_MISSING,
    RiskKind.NULLS_REFUSED,
)


@dataclass(frozen=True)
class Risk:
    """Rows that a change concerns. `table` and `column` are their names before the migration.

    `count` is a query with one number, to be run before the migration: the rows concerned, or
    unless `exact` the most that there can be.
    """

    kind: RiskKind
    table: str
    column: str | None
    text: str
    count: str
    exact: bool = True

    def facts(self) -> dict[str, Any]:
        """The JSON object for programs: its own values, and what its kind means for the rows."""
        return {**asdict(self), "loses": self.kind.loses, "stops": self.kind.stops}


def risks_between(old: Schema, new: Schema, renames: Renames | None = None) -> tuple[Risk, ...]:
    """All risks of the migration from `old` to `new`, table by table."""
    return tuple(_Risks(Plan(old, new, renames or Renames())).all())


def roles_gone(old: Application, new: Application, renames: Renames) -> tuple[Risk, ...]:
    """Roles that are no more: users who had one keep the word, unless `renames` has a new one."""
    kept = {*new.accounts.roles, *renames.roles}
    gone = [role for role in old.accounts.roles if role not in kept]
    return tuple(
        Risk(
            RiskKind.ROLE_GONE,
            USER_TABLE,
            "roles",
            f"Users with the role {role} keep the word, which means nothing any more.",
            f"SELECT count(*) FROM {USER_TABLE} WHERE {literal(role)} = ANY (roles)",
        )
        for role in gone
    )


class _Risks:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._counting = Counting(plan)
        self._created = {table.name for table in plan.created}

    def all(self) -> Iterator[Risk]:
        """The risks of each table."""
        for table in self._plan.dropped:
            yield self._dropped(table)
        for change in self._plan.changes:
            yield from self._lost(change)
            yield from self._converted(change)
            yield from self._required(change)
            for item in change.items.added:
                yield from self._guarded(change, item)
        for rules in self._plan.rules:
            for name, broken in rules.audits():
                yield self._rule(rules.change, name, broken)

    def _dropped(self, table: Table) -> Risk:
        text = f"The table {table.name} and its rows are dropped."
        count = f"SELECT count(*) FROM {quote(table.name)}"
        return Risk(RiskKind.TABLE_DROPPED, table.name, None, text, count)

    def _lost(self, change: TableChange) -> Iterator[Risk]:
        was = change.was.name
        for column in change.dropped:
            if column.generated is None and not column.reads:
                name = quote(column.name)
                count = f"SELECT count(*) FROM {quote(was)} WHERE {name} IS NOT NULL"
                text = f"The column {was}.{column.name} is dropped with its values."
                yield Risk(RiskKind.COLUMN_DROPPED, was, column.name, text, count)
        for name in change.overwritten:
            text = f"The values of {change.after.name}.{name} give way to computed ones."
            condition = f"{quote(name)} IS NOT NULL"
            yield self._risk(RiskKind.VALUES_OVERWRITTEN, change, name, text, condition, raw=True)

    def _converted(self, change: TableChange) -> Iterator[Risk]:
        for name, cast in self._plan.casts[change.after.name].items():
            column = change.after.column[name]
            if cast.lossy:
                text = f"A part of each value of {change.after.name}.{name} is lost."
                condition = f"{quote(name)} IS NOT NULL"
                yield self._risk(RiskKind.VALUES_SHORTENED, change, name, text, condition, raw=True)
            if cast.broken is not None:
                text = f"A value of {change.after.name}.{name} that is no {column.type} stops it."
                kind = RiskKind.VALUES_UNCONVERTIBLE
                yield self._risk(kind, change, name, text, cast.broken, raw=True)

    def _required(self, change: TableChange) -> Iterator[Risk]:
        table = change.after.name
        for column in change.added:
            replaced = column.name in change.replaced
            if needs_value(column):
                text = f"Rows of {table} have no value for the new required {column.name}."
                yield self._risk(RiskKind.VALUE_MISSING, change, None, text, "")
            elif column.default is not None and not column.nullable and not replaced:
                text = f"All rows of {table} get {column.default} as {column.name}."
                yield self._risk(RiskKind.DEFAULT_GIVEN, change, None, text, "")
        for before, after in change.kept:
            if not before.nullable or after.nullable:
                continue
            condition = f"{quote(after.name)} IS NULL"
            if after.default is None:
                text = f"Rows of {table} without {after.name}, which is required now, stop it."
                kind = RiskKind.NULLS_REFUSED
            else:
                text = f"Rows of {table} without {after.name} get {after.default}."
                kind = RiskKind.DEFAULT_GIVEN
            yield self._risk(kind, change, after.name, text, condition)

    def _guarded(self, change: TableChange, item: Item) -> Iterator[Risk]:
        condition = broken_rows(change.after.name, item)
        if condition is None or _holds_anyway(change, item) or self._is_known(change, item):
            return
        if isinstance(item, ForeignKey) and item.target in self._created:
            condition = " AND ".join(f"{quote(column)} IS NOT NULL" for column in item.columns)
        yield self._rule(change, item.name, condition)

    def _is_known(self, change: TableChange, item: Item) -> bool:
        """Whether a condition was there before, and only states in it have other names."""
        states = self._plan.states.get(change.after.name)
        if states is None or not isinstance(item, Check):
            return False
        before = (check.condition for check in change.before.checks)
        return item.condition in map(states.under_new_names, before)

    def _rule(self, change: TableChange, name: str, condition: str) -> Risk:
        text = f"Rows of {change.after.name} that break the new rule {name} stop it."
        risk = self._risk(RiskKind.RULE_BROKEN, change, None, text, condition)
        later = {column.name for column in change.added if column.backfill is not None}
        if names_in(condition) & later:  # values that the migration works out first
            return replace(risk, count=self._counting.query(change, ""), exact=False)
        return risk

    def _risk(
        self,
        kind: RiskKind,
        change: TableChange,
        column: str | None,
        text: str,
        condition: str,
        *,
        raw: bool = False,
    ) -> Risk:
        """A risk with its query; `condition` speaks of new names, with `raw` of old values."""
        was = None
        if column is not None:
            pairs = zip(change.before.columns, change.was.columns, strict=True)
            was = next((old.name for new, old in pairs if new.name == column), None)
        count = self._counting.query(change, condition, raw=raw)
        if called_in(count) & set(self._plan.new_functions):  # which are not there to count with
            return Risk(kind, change.was.name, was, text, self._counting.query(change, ""), False)
        return Risk(kind, change.was.name, was, text, count)


def _holds_anyway(change: TableChange, item: Item) -> bool:
    """Whether old rows cannot break a constraint: it was there, or new values fit it."""
    added = {column.name: column for column in change.added}
    plain = {
        name: column
        for name, column in added.items()
        if column.generated is None and column.backfill is None
    }
    match item:
        case Check(condition=condition):
            own = names_in(condition) & set(change.after.column)
            return bool(own) and own <= set(plain)
        case ForeignKey(columns=columns, target=target):
            kept = [(key.columns, key.target) for key in change.before.foreign_keys]
            return (columns, target) in kept or any(name in added for name in columns)
        case UniqueKey(elements=elements):
            empty = {name for name, column in plain.items() if column.default is None}
            return any(names_in(element) & empty for element in elements)
        case _:
            return False

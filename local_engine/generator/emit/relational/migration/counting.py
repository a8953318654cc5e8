"""Counts rows of the database as it is for conditions that speak of it as it will be.

Every table that a condition mentions and whose columns change stands in the query as it will look:
under its new name, with new column names, converted values, and defaults for new columns.
"""

from __future__ import annotations

from local_engine.generator.emit.relational.migration.casts import Cast
from local_engine.generator.emit.relational.migration.changes import TableChange
from local_engine.generator.emit.relational.migration.columns import Casts
from local_engine.generator.emit.relational.migration.plan import Plan
from local_engine.generator.emit.relational.migration.tokens import names_in
from local_engine.generator.emit.relational.names import quote
from local_engine.generator.emit.relational.schema import Column


class Counting:
    """Makes the queries of one migration."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._changes = {change.after.name: change for change in plan.changes}

    def query(self, change: TableChange, condition: str, *, raw: bool = False) -> str:
        """The query for the rows of a table that meet a condition ("": all).

        With `raw` the values are those from before, only their names are new.
        """
        table = change.after.name
        if not condition:
            return f"SELECT count(*) FROM {quote(change.was.name)}"
        mentioned = names_in(condition) | {table, "id"}
        views = [
            f"{quote(name)} AS ({_View(one, self._values(name), mentioned, raw=raw).text()})"
            for name, one in self._changes.items()
            if name in mentioned and self._differs(one, mentioned, raw=raw)
        ]
        before = f"WITH {', '.join(views)} " if views else ""
        return f"{before}SELECT count(*) FROM {quote(table)} WHERE {condition}"

    def _values(self, table: str) -> Casts:
        """The values of a table that are others afterwards, by column."""
        states = self._plan.states.get(table)
        renamed = {} if states is None else {states.column: Cast(states.value)}
        return self._plan.casts[table] | renamed

    def _differs(
        self, change: TableChange, mentioned: frozenset[str] | set[str], *, raw: bool
    ) -> bool:
        """Whether the table looks different in what is mentioned of it."""
        columns = {now for _, now in change.renamed}
        if not raw:
            columns |= {column.name for column in change.added}
            columns |= set(self._values(change.after.name))
        return change.was.name != change.after.name or bool(columns & mentioned)


class _View:
    """A table under its new names; only the columns that are mentioned, and `id`."""

    def __init__(
        self, change: TableChange, casts: Casts, mentioned: frozenset[str] | set[str], *, raw: bool
    ) -> None:
        self._change = change
        self._casts = casts
        computed = [] if raw else [c for c in change.added if c.generated is not None]
        self._computed = [column for column in computed if column.name in mentioned]
        inside = {name for column in self._computed for name in names_in(column.generated or "")}
        self._wanted = mentioned | inside
        self._raw = raw

    def text(self) -> str:
        """The query behind the view."""
        change, table = self._change, quote(self._change.after.name)
        pairs = zip(change.was.columns, change.before.columns, strict=True)
        wanted = self._wanted if self._raw else self._wanted - set(change.replaced)
        names = [(was.name, now.name) for was, now in pairs if now.name in wanted]
        renamed = (
            f"SELECT {', '.join(_named(*pair) for pair in names)} FROM {quote(change.was.name)}"
        )
        added = [column for column in change.added if column.name in self._wanted]
        plain = [] if self._raw else [_new(column) for column in added if column.generated is None]
        casts = {} if self._raw else self._casts
        if plain or any(name in casts for _, name in names):
            kept = [_converted(casts, name) for _, name in names]
            renamed = f"SELECT {', '.join([*kept, *plain])} FROM ({renamed}) AS {table}"
        if self._computed:
            values = [f"({one.generated}) AS {quote(one.name)}" for one in self._computed]
            renamed = f"SELECT *, {', '.join(values)} FROM ({renamed}) AS {table}"
        return renamed


def _named(was: str, now: str) -> str:
    return quote(now) if was == now else f"{quote(was)} AS {quote(now)}"


def _converted(casts: Casts, name: str) -> str:
    cast = casts.get(name)
    if cast is None:
        return quote(name)
    value = cast.using
    if cast.broken is not None:
        value = f"CASE WHEN NOT ({cast.broken}) THEN {value} END"
    return f"{value} AS {quote(name)}"


def _new(column: Column) -> str:
    """A new column of old rows; what is worked out from other rows is not known beforehand."""
    value = column.default if column.default is not None else "NULL"
    return f"({value})::{column.type} AS {quote(column.name)}"

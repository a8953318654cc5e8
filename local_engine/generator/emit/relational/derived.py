"""Derived values: sums, counts, averages and extremes that the database keeps right.

Sums and counts change by the difference that a child makes: exact, and one row a write. What
cannot be kept that way is worked out again from the children, after the parent is locked and in
a statement of its own, so that it sees what others have committed in the meantime.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.expressions.types import is_number, scale_of
from local_engine.generator.blueprint.resolved import Application, Derived, Entity, Field
from local_engine.generator.emit.relational import plpgsql
from local_engine.generator.emit.relational.column_types import places_of
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.deletion import unless_going
from local_engine.generator.emit.relational.names import alias_of, quote, relation_column, shortened
from local_engine.generator.emit.relational.paths import lock, own_columns
from local_engine.generator.emit.relational.row_sql import sql_of
from local_engine.generator.emit.relational.schema import Function, Trigger

_IN_ONE_STEP = "-- In one step, so that no total passes through a value that it never has."
_PARENT = "_parent"
"""A variable; no column has a name like this, since names begin with a letter."""
_STARTS_AT_ZERO = frozenset({"sum", "count"})


@dataclass(frozen=True)
class Kept:
    """A derived field with what it is worked out from."""

    application: Application
    parent: Entity
    field: Field
    derived: Derived
    child: Entity
    relation: str

    @property
    def places(self) -> int | None:
        """Digits after the point that are stored."""
        return places_of(self.field, self.application.currency_digits)

    @property
    def by_difference(self) -> bool:
        """Whether adding what each child contributes is exact: no digit is ever rounded away."""
        value = self.derived.value
        if self.derived.function == "count":
            return True
        if self.derived.function != "sum" or value is None or not is_number(value.type):
            return False
        return scale_of(value.type) <= (self.places or 0)  # type: ignore[arg-type]

    @property
    def varies(self) -> bool:
        """Whether a child's contribution can change while it stays with its parent."""
        return self.derived.value is not None or self.derived.where is not None

    def contribution(self, row: str) -> str:
        """What the child `row` adds."""
        value = "1" if self.derived.value is None else self._child_sql(self.derived.value, row)
        if self.derived.value is not None and self.derived.value.nullable:
            value = f"coalesce({value}, 0)"
        if self.derived.where is None:
            return value
        return f"CASE WHEN {self._child_sql(self.derived.where, row)} THEN {value} ELSE 0 END"

    def worked_out(self, parent: str) -> str:
        """The value from all children of the row whose id `parent` is, as a sub-select."""
        alias = alias_of(self.child, self.parent.table)
        value = "*" if self.derived.value is None else self._child_sql(self.derived.value, alias)
        conditions = f"{alias}.{quote(relation_column(self.relation))} = {parent}"
        if self.derived.where is not None:
            conditions += f" AND ({self._child_sql(self.derived.where, alias)})"
        source = f"{quote(self.child.table)} AS {alias}"
        lines = [f"SELECT {self._aggregate(value)}", f"FROM {source}", f"WHERE {conditions}"]
        return f"(\n{plpgsql.indented(lines)}\n)"

    def _aggregate(self, value: str) -> str:
        function = self.derived.function
        if function == "avg":
            text = f"divide_half_even(sum({value}), nullif(count({value}), 0))"
            return f"round_half_even(\n    {text},\n    {self.places or 0}\n)"
        text = f"coalesce(sum({value}), 0)" if function == "sum" else f"{function}({value})"
        if self.derived.value is None or not is_number(self.derived.value.type):
            return text
        scale = scale_of(self.derived.value.type)  # type: ignore[arg-type]
        places = self.places
        return text if places is None or scale <= places else f"round_half_even({text}, {places})"

    def columns(self) -> tuple[str, ...]:
        """The child's columns that it is worked out from."""
        parts = (self.derived.value, self.derived.where)
        paths = {path for part in parts if part is not None for path in part.paths()}
        return own_columns(self.child, paths | {(self.relation,)})

    def _child_sql(self, expression: Expression, row: str) -> str:
        return sql_of(self.application, self.child, expression, row)


def kept(context: Context, parent: Entity, field: Field) -> Kept:
    """A derived field of the parent."""
    assert field.derived is not None, "only derived fields are kept"
    many = parent.to_many[field.derived.many]
    child = context.entity(many.of)
    return Kept(context.application, parent, field, field.derived, child, many.inverse)


def starts_at_zero(field: Field) -> bool:
    """Whether the derived value of no children is 0, not null."""
    return field.derived is not None and field.derived.function in _STARTS_AT_ZERO


def derived_triggers(context: Context, child: Entity) -> Iterator[tuple[Function, Trigger]]:
    """The triggers on the child's table that keep its parents' derived values right."""
    for relation in child.to_one:
        fields = context.derived.get((child.name, relation), ())
        values = [kept(context, parent, field) for parent, field in fields]
        sums = [value for value in values if value.by_difference]
        others = [value for value in values if not value.by_difference]
        if sums:
            yield _differences(context, child, relation, sums)
        if others:
            yield _anew(context, child, relation, others)


def _differences(
    context: Context, child: Entity, relation: str, values: Sequence[Kept]
) -> tuple[Function, Trigger]:
    column = quote(relation_column(relation))
    parent = quote(values[0].parent.table)

    staying = unless_going(context, values[0].parent)

    def update(*signs: tuple[str, str], of: Sequence[Kept] = values) -> str:
        """Adds (+) and takes away (-) contributions of NEW or OLD, for the parent of the last."""
        changes = ",\n".join(_difference(value, signs) for value in of)
        key = f"{signs[-1][1]}.{column}{staying}"
        return f"UPDATE {parent} SET\n{plpgsql.indented([changes])}\nWHERE id = {key};"

    both = lock(values[0].parent.table, [f"OLD.{column}", f"NEW.{column}"], strong=True)
    stays = f"TG_OP = 'UPDATE' AND OLD.{column} = NEW.{column}"
    varying = [value for value in values if value.varies]
    in_place = [update(("-", "OLD"), ("+", "NEW"), of=varying), "RETURN NULL;"]
    statements = [
        *_unless_relevant(values),
        *([plpgsql.if_then(stays, [_IN_ONE_STEP, *in_place])] if varying else ()),
        plpgsql.if_then("TG_OP = 'UPDATE'", [both]),
        plpgsql.if_then("TG_OP <> 'INSERT'", [update(("-", "OLD"))]),
        plpgsql.if_then("TG_OP <> 'DELETE'", [update(("+", "NEW"))]),
        "RETURN NULL;",
    ]
    return _function(child, relation, "sums", values, plpgsql.body(statements))


def _difference(value: Kept, signs: Sequence[tuple[str, str]]) -> str:
    name = quote(value.field.name)
    terms = [f"{sign} {_term(value, row)}" for sign, row in signs]
    parts = [f"{name} = {quote(value.parent.table)}.{name}", *terms]
    line = " ".join(parts)
    return line if len(line) <= plpgsql.WIDTH else "\n    ".join(parts)


def _term(value: Kept, row: str) -> str:
    text = value.contribution(row)
    return f"({text})" if " " in text else text


def _anew(
    context: Context, child: Entity, relation: str, values: Sequence[Kept]
) -> tuple[Function, Trigger]:
    column = quote(relation_column(relation))
    parent = quote(values[0].parent.table)
    staying = unless_going(context, values[0].parent)
    changes = ",\n".join(
        f"{quote(value.field.name)} = {value.worked_out(_PARENT)}" for value in values
    )
    statements = [
        *_unless_relevant(values),
        f"FOR {_PARENT} IN",
        f"    SELECT DISTINCT id FROM unnest(ARRAY[OLD.{column}, NEW.{column}]) AS id",
        "    WHERE id IS NOT NULL ORDER BY id",
        "LOOP",
        plpgsql.indented(
            [
                f"PERFORM FROM {parent} WHERE id = {_PARENT} FOR NO KEY UPDATE;",
                f"UPDATE {parent} SET\n{plpgsql.indented([changes])}",
                f"WHERE id = {_PARENT}{staying};",
            ]
        ),
        "END LOOP;",
        "RETURN NULL;",
    ]
    text = plpgsql.body(statements, [f"{_PARENT} uuid;"])
    return _function(child, relation, "values", values, text)


def _unless_relevant(values: Sequence[Kept]) -> Iterator[str]:
    columns = tuple(dict.fromkeys(name for value in values for name in value.columns()))
    condition = plpgsql.all_of("TG_OP = 'UPDATE'", plpgsql.unchanged(columns))
    yield plpgsql.if_then(condition, ["RETURN NULL;"])


def _function(
    child: Entity, relation: str, kind: str, values: Sequence[Kept], text: str
) -> tuple[Function, Trigger]:
    name = shortened(f"{child.table}_{relation}_{kind}")
    kept_values = ", ".join(f"{value.parent.table}.{value.field.name}" for value in values)
    function = Function(f"{quote(name)}()", text, description=f"Keeps {kept_values} right.")
    return function, Trigger(name, "AFTER", ("INSERT", "UPDATE", "DELETE"), name)

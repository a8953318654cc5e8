"""What names mean in expressions: reading rows of the model, derived and computed values too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from functools import partial
from typing import Any

from local_engine.generator.blueprint.expressions import Environment, Expression, evaluate
from local_engine.generator.blueprint.resolved import USER, Application, Derived, Entity, Field
from local_engine.verification.model.store import Row, Store
from local_engine.verification.model.values import stored

SYSTEM = ("created_at", "updated_at")


@dataclass(frozen=True)
class View:
    """A store at one moment: reads rows as the Blueprint's expressions see them."""

    application: Application
    store: Store
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def get(self, row: Row | None, name: str) -> Any:
        """A field's value, or the row that a to-one relation leads to."""
        if row is None:
            return None
        entity = self.application.entities[row.entity]
        relation = entity.to_one.get(name)
        if relation is not None:
            return self.store.find(relation.to, row.values.get(name))
        declared = entity.fields.get(name)
        if declared is None:
            return self._other(entity, row, name)
        if declared.derived or declared.computed is not None:
            if self.store.find(row.entity, row.id) is not row:  # a row that is only thought of
                return self._worked_out(declared, row)
            key = (row.entity, row.id, name, self.now if self.application.tells_time else None)
            return self.store.once(key, partial(self._worked_out, declared, row))
        return row.values.get(name)

    def _other(self, entity: Entity, row: Row, name: str) -> Any:
        if name in entity.to_many:
            return self.children(row, name)
        if name == "id":
            return row.id
        if name in SYSTEM:
            return getattr(row, name)
        return row.values.get(name)

    def _worked_out(self, declared: Field, row: Row) -> Any:
        if declared.derived:
            return stored(declared, self._derived(row, declared.derived))
        assert declared.computed is not None
        return stored(declared, self.evaluate(declared.computed, row))

    def _derived(self, row: Row, derived: Derived) -> Any:
        children = [
            child
            for child in self.children(row, derived.many)
            if derived.where is None or self.holds(derived.where, child)
        ]
        if derived.function == "count":
            return len(children)
        assert derived.value is not None
        found = [self.evaluate(derived.value, child) for child in children]
        values = [value for value in found if value is not None]
        return _aggregate(derived.function, values)

    def children(self, row: Row | None, name: str) -> Iterable[Row]:
        """The rows of a to-many relation (or the linked rows), oldest first."""
        if row is None:
            return []
        entity = self.application.entities[row.entity]
        links = entity.links.get(name)
        if links is not None:
            pairs = self.store.links.get((row.entity, name), frozenset())
            linked = {pair[1] for pair in pairs if pair[0] == row.id}
            return [other for other in self.store.rows(links.to) if other.id in linked]
        many = entity.to_many[name]
        return self.store.referring(many.of, many.inverse, row.id)

    def follow(self, row: Row | None, path: Iterable[str]) -> Any:
        """What a path of names leads to from a row; None as soon as a step is missing."""
        found: Any = row
        for name in path:
            found = self.get(found, name)
        return found

    def evaluate(
        self,
        expression: Expression,
        row: Row | None = None,
        names: Mapping[str, object] | None = None,
        user: Row | None = None,
    ) -> Any:
        """The expression's value for a row; raises ExpressionError where it has none."""
        environment = Environment(
            now=self.now,
            row=row,
            names=names or {},
            user=user,
            get=self.get,
            children=self.children,
            identity=_identity,
        )
        return evaluate(expression, environment)

    def holds(
        self, expression: Expression, row: Row | None = None, user: Row | None = None
    ) -> bool:
        """Whether a condition is true for a row."""
        return bool(self.evaluate(expression, row, user=user))

    def user(self, id_: str) -> Row | None:
        """The user of this id."""
        return self.store.find(USER, id_) if id_ else None


def _identity(row: Any) -> object:
    return row.key if isinstance(row, Row) else row


def _aggregate(function: str, values: list[Any]) -> Any:
    if function == "sum":
        return sum(values) if values else 0
    if not values:
        return None
    if function == "avg":
        with localcontext() as context:
            context.prec = 100
            return Decimal(sum(values)) / len(values)
    return min(values) if function == "min" else max(values)

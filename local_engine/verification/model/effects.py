"""What effects do to rows: docs/blueprint.md, §10. They run in order, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from local_engine.generator.blueprint.expressions import Expression, ExpressionError
from local_engine.generator.blueprint.resolved import (
    Adjust,
    Assignment,
    CallWebhook,
    CreateRow,
    DeleteRow,
    Each,
    Effect,
    Entity,
    Field,
    Requirement,
    SendEmail,
    SetField,
)
from local_engine.verification.model.defaults import complete
from local_engine.verification.model.outcome import Refused
from local_engine.verification.model.references import meets_conditions
from local_engine.verification.model.rules import check_rules
from local_engine.verification.model.store import Row
from local_engine.verification.model.transaction import Transaction
from local_engine.verification.model.values import Invalid, check_number, read, show, stored
from local_engine.verification.routes import snake


@dataclass(frozen=True)
class Scene:
    """Where effects take place: the row they are about, and the names at hand."""

    transaction: Transaction
    row: Row | None
    names: Mapping[str, object]

    def evaluate(self, expression: Expression) -> Any:
        """The value of an expression here; refuses with 422 where it has none."""
        view = self.transaction.view
        row = self.transaction.current(self.row) if self.row else None
        try:
            user = view.user(self.transaction.subject.id)
            names = {name: self._current(value) for name, value in self.names.items()}
            return view.evaluate(expression, row, names, user)
        except ExpressionError as error:
            raise Refused(422, why=f"{expression.text}: {error}") from None

    def __post_init__(self) -> None:
        if self.row is not None and "row" not in self.names:
            object.__setattr__(self, "names", {**self.names, "row": self.row})

    def _current(self, value: Any) -> Any:
        if isinstance(value, Row):
            return self.transaction.current(value)
        if isinstance(value, Mapping):
            return {name: self._current(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._current(one) for one in value]
        return value

    def target(self, path: tuple[str, ...]) -> Any:
        """The row (or rows, or record) that a path leads to."""
        found: Any = self.row
        steps = path
        if path and path[0] in self.names:
            found, steps = self.names[path[0]], path[1:]
        for name in steps:
            found = self._step(found, name)
        return self.transaction.current(found) if isinstance(found, Row) else found

    def _step(self, found: Any, name: str) -> Any:
        if isinstance(found, Mapping):
            return found.get(name)
        if isinstance(found, Row):
            entity = self.transaction.application.entities[found.entity]
            if name in entity.to_many or name in entity.links:
                return list(self.transaction.view.children(found, name))
            return self.transaction.view.get(found, name)
        return None

    def having(self, name: str | None, value: object) -> Scene:
        """The scene with one more name."""
        return replace(self, names={**self.names, name: value}) if name else self


def input_names(values: Mapping[str, Any], entity: Entity | None) -> dict[str, object]:
    """The names that an input gives: `input`, and refs by their own name where it is free."""
    taken: set[str] = set()
    if entity:
        taken = {*entity.fields, *entity.to_one, *entity.to_many, *entity.links}
    bare = {name: value for name, value in values.items() if isinstance(value, Row)}
    free = {name: value for name, value in bare.items() if name not in taken}
    return {"input": values, **free}


def check_requirements(scene: Scene, requirements: Iterable[Requirement]) -> None:
    """Refuse at the first requirement that does not hold; those about input alone go first."""
    for requirement in sorted(requirements, key=lambda one: one.status != 422):
        if not scene.evaluate(requirement.expression):
            raise Refused(
                requirement.status,
                why=f"{requirement.id} does not hold",
                rules={requirement.id},
            )


def run(effects: tuple[Effect, ...], scene: Scene) -> Scene:
    """Carry effects out; gives the scene with the names of created rows.

    The rules must hold after each. `set` effects of one row that follow one another are one write,
    whose values are all taken from before it.
    """
    place = 0
    while place < len(effects):
        together = _sets_of_one_row(effects[place:])
        if together:
            _set(together, scene)
        else:
            scene = _run(effects[place], scene)
        place += len(together) or 1
        check_rules(scene.transaction, by_effects=True)
    return scene


def _sets_of_one_row(effects: tuple[Effect, ...]) -> list[SetField]:
    """The `set` effects at the beginning that are one write."""
    found: list[SetField] = []
    names: set[str] = set()
    for effect in effects:
        same = isinstance(effect, SetField) and (not found or effect.target == found[0].target)
        if not isinstance(effect, SetField) or not same or effect.assignment.name in names:
            break
        found.append(effect)
        names.add(effect.assignment.name)
    return found


def _run(effect: Effect, scene: Scene) -> Scene:
    match effect:
        case CreateRow():
            return scene.having(effect.binding, _create(effect, scene))
        case SetField():
            _set([effect], scene)
        case Adjust():
            _adjust(effect, scene)
        case DeleteRow():
            row = scene.target(effect.target)
            if isinstance(row, Row):
                scene.transaction.delete(row)
        case Each():
            _each(effect, scene)
        case SendEmail():
            _send(scene, "email", effect.email, effect.to)
        case CallWebhook():
            scene.transaction.store.outbox += (("webhook", effect.webhook),)
    return scene


def _send(scene: Scene, kind: str, name: str, to: Expression) -> None:
    if scene.evaluate(to) is not None:
        scene.transaction.store.outbox += ((kind, name),)


def _create(effect: CreateRow, scene: Scene) -> Row:
    transaction = scene.transaction
    entity = transaction.application.entities[effect.entity]
    values = {one.name: _assigned(scene, entity, one) for one in effect.values}
    if entity.owner and values.get(entity.owner) is None and transaction.subject.signed_in:
        values[entity.owner] = transaction.subject.id
    tenancy = transaction.application.tenancy
    if tenancy and entity.tenanted and transaction.tenant:
        values.setdefault(tenancy.relation, transaction.tenant.id)
    row = complete(transaction.view, entity, transaction.draft(entity, values))
    for name, relation in entity.to_one.items():
        if not meets_conditions(transaction.view, relation, row):
            raise Refused(409, 422, why=f"{name} does not fit")
    return transaction.insert(row)


def _assigned(scene: Scene, entity: Entity, assignment: Assignment) -> Any:
    value = scene.evaluate(assignment.value)
    if isinstance(value, Row):
        return value.id
    field = entity.fields.get(assignment.name)
    if field is None or value is None:
        return value
    kept = stored(field, value)
    _check_field(entity, field, kept)
    return kept


def _check_field(entity: Entity, field: Field, value: Any) -> None:
    """A value that is out of the field's limits breaks a rule when effects write it."""
    try:
        read(field, show(field, value))
    except Invalid as error:
        id_ = f"{snake(entity.name)}.{field.name}.{check_number_or_empty(field, value) or 'limit'}"
        raise Refused(409, 422, why=f"{field.name} is not {error}", rules={id_}) from None


def check_number_or_empty(field: Field, value: Any) -> str:
    """Which limit of a number is broken; empty for other types."""
    return check_number(field, value) if isinstance(field.minimum, int) else ""


def _set(effects: list[SetField], scene: Scene) -> None:
    row = scene.target(effects[0].target)
    if not isinstance(row, Row):
        return
    entity = scene.transaction.application.entities[effects[0].entity]
    assignments = [effect.assignment for effect in effects]
    values = {one.name: _assigned(scene, entity, one) for one in assignments}
    scene.transaction.change(row, **values)


def _adjust(effect: Adjust, scene: Scene) -> None:
    row = scene.target(effect.target)
    if not isinstance(row, Row):
        return
    entity = scene.transaction.application.entities[effect.entity]
    field = entity.fields[effect.field]
    amount = stored(field, scene.evaluate(effect.amount))
    present = row.values.get(effect.field)
    if amount is None or present is None:
        return
    value = stored(field, present - amount if effect.decrease else present + amount)
    broken = check_number(field, value)
    if broken:
        raise Refused(
            409,
            why=f"{effect.field} would leave its limits",
            rules={f"{snake(entity.name)}.{field.name}.{broken}"},
        )
    scene.transaction.change(row, **{effect.field: value})


def _each(effect: Each, scene: Scene) -> None:
    found = scene.target(effect.source)
    items = list(found) if isinstance(found, list) else []
    if all(isinstance(item, Row) for item in items):
        items.sort(key=lambda item: (item.sequence, item.id))
    for item in items:
        inner = scene.having(effect.binding, item)
        if effect.where is not None and not inner.evaluate(effect.where):
            continue
        run(effect.effects, inner)

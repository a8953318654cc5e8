"""A request that is being looked for: what is settled about it and what may still vary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import (
    Entity,
    Field,
    FieldType,
    InputField,
    RefInput,
    RowsInput,
    ValueInput,
)
from local_engine.verification.actors import Actor
from local_engine.verification.http import Request
from local_engine.verification.model.bodies import writable
from local_engine.verification.model.sketch import build
from local_engine.verification.model.store import Row


@dataclass(frozen=True)
class Slot:
    """A key of a body: a value of `declared`, or a row of `entity`; `columns` for a list of them.

    `name` is what expressions call it. `where` must hold for the row.
    """

    key: str
    name: str
    optional: bool
    declared: Field | None = None
    entity: str = ""
    where: Expression | None = None
    same: tuple[str, ...] | None = None
    columns: tuple[Slot, ...] = ()
    minimum: int = 1


@dataclass(frozen=True)
class Attempt:
    """A request whose `slots` may be filled in other ways, but for the keys that are `fixed`.

    `row` is the row that the request is about, or the parent of the one that it creates; `about`
    names the entity of that row. `expressions` decide about it beside the rules.
    """

    method: str
    target: str
    actor: Actor
    body: Mapping[str, Any]
    slots: tuple[Slot, ...]
    fixed: frozenset[str] = frozenset()
    about: str = ""
    row: Row | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    empty_body: bool = False

    def request(self) -> Request:
        """The request as it stands."""
        content = ... if self.empty_body and not self.body else dict(self.body)
        return build(self.method, self.target, self.actor, content, dict(self.headers))

    def having(self, **values: Any) -> Attempt:
        """The same with other values in the body."""
        return replace(self, body={**self.body, **values})

    def without(self, key: str) -> Attempt:
        """The same without one key."""
        return replace(self, body={name: one for name, one in self.body.items() if name != key})

    def free(self) -> Iterator[Slot]:
        """The slots that may be filled otherwise."""
        return (slot for slot in self.slots if slot.key not in self.fixed)


def row_slots(entity: Entity, *, changing: bool = False) -> tuple[Slot, ...]:
    """The slots of a row's body; relations first, as rules about values often need them."""
    known = writable(entity, changing=changing)
    relations = [
        Slot(
            key,
            one.name,
            one.optional,
            entity=one.to,
            where=one.where,
            same=one.same,
        )
        for key, one in known.relations.items()
    ]
    fields = [
        Slot(one.name, one.name, not one.required_on_create, one)
        for one in known.fields.values()
        if one.type is not FieldType.FILE
    ]
    return (*relations, *fields)


def input_slots(inputs: tuple[InputField, ...]) -> tuple[Slot, ...]:
    """The slots of an operation's or transition's body."""
    slots: list[Slot] = []
    for item in inputs:
        match item:
            case ValueInput(name, declared):
                slots.append(Slot(name, name, not declared.required_on_create, declared))
            case RefInput(name, entity, _, optional):
                slots.append(Slot(f"{name}_id", name, optional, entity=entity))
            case RowsInput(name, columns, minimum, _):
                inner = input_slots(columns)
                slots.append(Slot(name, name, False, columns=inner, minimum=max(1, minimum)))
    return tuple(slots)

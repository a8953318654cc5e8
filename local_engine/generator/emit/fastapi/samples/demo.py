"""The rows of demo data: enough of each kind for a list of two pages, with all rules kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from local_engine.generator.blueprint.resolved import (
    USER,
    AtMost,
    CallWebhook,
    Each,
    Effect,
    Entity,
    FieldType,
    NoOverlap,
    Rule,
    SendEmail,
    ToOne,
    Transition,
    Unique,
)
from local_engine.generator.emit.fastapi.resources import Resource, Resources
from local_engine.generator.emit.fastapi.samples.lifelike import lifelike
from local_engine.generator.emit.fastapi.samples.planned import Person, Row, follow, holds
from local_engine.generator.emit.fastapi.samples.scenes import Scene, Unsure
from local_engine.generator.emit.fastapi.samples.stories import Act, Stories
from local_engine.generator.emit.fastapi.samples.values import as_json, sample
from local_engine.generator.emit.fastapi.samples.violations import violations_of
from local_engine.generator.emit.fastapi.samples.world import World

PEOPLE = ("anna", "ben", "emil")
GUESTS = ("clara", "david")
_MANY, _FEW, _PARTS = 24, 3, 30
_MOST_FILLED, _LARGE = 16, 40
_MISSES = 8


@dataclass(frozen=True)
class Move:
    """Somebody moves a row of the demo on."""

    person: Person
    row: Row
    transition: Transition


class Demo:
    """Plans the rows, each after those that it needs, and what moves them on afterwards."""

    def __init__(self, resources: Resources) -> None:
        self.world = World(resources, PEOPLE)
        self.scene = Scene(self.world, cautious=True)
        default = self.world.application.accounts.default_role
        roles = frozenset() if default is None else frozenset({default})
        self._guests = [Person(name, roles) for name in GUESTS]
        self._fill()
        self.moves = list(self._moves())

    @property
    def rows(self) -> list[Row]:
        """All rows, in the order in which they are made."""
        return self.scene.rows

    def _fill(self) -> None:
        done: set[str] = set()
        for planned in self._firsts():
            first = self.scene.make(planned)
            if first.resource.name in done or planned in self.world.memberships.values():
                continue
            done.add(first.resource.name)
            self._liven(first)
            if self._is_sound(first):
                self._add_more(first)
            else:
                self.scene.rows.remove(first)

    def _is_sound(self, row: Row) -> bool:
        """Whether a planned row can still be made now that the others have other values."""
        relations = row.resource.entity.to_one.values()
        targets = [(one.where, row.values.get(one.name)) for one in relations]
        fits = all(
            where is None or target is None or holds(where, target) for where, target in targets
        )
        there = all(one in self.rows for one in row.body.values() if isinstance(one, Row))
        return fits and there and self._may_create(row)

    def _firsts(self) -> Iterator[Row]:
        """The planned rows, each after those that it needs."""
        found: list[Row] = []

        def add(row: Row) -> None:
            membership = self.world.memberships.get(row.creator.name)
            for other in (*row.above, *row.body.values(), membership):
                if isinstance(other, Row) and other not in found:
                    add(other)
            if row not in found:
                found.append(row)

        planned = [self.world.row(resource.name) for resource in self.world.resources.own]
        for one in planned:
            if one is not None:
                add(one)
        yield from found

    # Values.

    def _liven(self, row: Row) -> None:
        """Give the first row values like those of the others, if all rules stay kept."""
        kept = dict(row.values)
        chosen = self._chosen(row.resource.entity, 0)
        row.values.update(self._complete(row, chosen, {}))
        try:
            if not violations_of(self.scene, row) and self._may_create(row):
                row.body.update(self._as_json(row.resource.entity, chosen))
                return
        except Unsure:
            pass
        row.values.clear()
        row.values.update(kept)

    def _chosen(self, entity: Entity, number: int) -> dict[str, Any]:
        """Values of plain fields; what is optional or has a default is there now and then."""
        state = entity.states.field if entity.states else None
        chosen: dict[str, Any] = {}
        ahead = _held_against_the_clock(entity)
        for field in entity.fields.values():
            if field.read_only or field.name == state:
                continue
            # The first row is what others were planned with: what they may look at stays.
            seldom = number % 3 == 2 or number == 0 or field.editable_by is not None
            if field.required_on_create or not seldom:
                # What is held against the clock lies far ahead, so that it holds for years.
                far = field.name in ahead
                chosen[field.name] = (
                    sample(field, number) if far else lifelike(field, entity, number)
                )
        for rule in entity.rules:
            if isinstance(rule, NoOverlap):
                day = entity.fields[rule.start].type is FieldType.DATE
                length = dt.timedelta(days=2) if day else dt.timedelta(hours=1)
                chosen[rule.end] = chosen[rule.start] + length
        return chosen

    def _complete(
        self, row: Row, chosen: dict[str, Any], changed: dict[str, Any]
    ) -> dict[str, Any]:
        entity = row.resource.entity
        fixed = {name: row.values.get(name) for name in entity.to_one} | changed
        return self.world.completed(entity, chosen, fixed)

    def _as_json(self, entity: Entity, chosen: dict[str, Any]) -> dict[str, Any]:
        digits = self.world.application.currency_digits
        return {name: as_json(value, entity.fields[name], digits) for name, value in chosen.items()}

    # More rows of a kind.

    def _add_more(self, first: Row) -> None:
        number, missed = 1, 0
        wanted = self._wanted(first.resource)
        while number < wanted and missed < _MISSES:
            row = self._another(first, number + missed)
            if row is None:
                missed += 1
                continue
            number += 1

    def _wanted(self, resource: Resource) -> int:
        entity = resource.entity
        tenancy = self.world.application.tenancy
        if tenancy is not None and entity.name == tenancy.tenant:
            return 1
        if entity.name not in self._main:
            return _FEW if len(self.world.application.own_entities) < _LARGE else 1
        return _PARTS if entity.part_of is not None else _MANY

    @cached_property
    def _main(self) -> set[str]:
        """The entities that most others hang on: a demo of hundreds would be no demo."""
        entities = self.world.application.own_entities
        order = sorted(entities, key=lambda one: -len(one.to_many))
        return {one.name for one in order[:_MOST_FILLED]}

    def _another(self, first: Row, number: int) -> Row | None:
        """One more row, which keeps all rules beside the others; None if it does not."""
        resource = first.resource
        entity = resource.entity
        above = first.above
        if entity.part_of is not None:
            parents = self._of(above[-1].resource.name)
            parent = parents[number // 3 % len(parents)]
            above = (*parent.above, parent)
        chosen = self._chosen(entity, number)
        for person in self._creators(first, above, number):
            related = self._related(entity, person, above, number)
            if related is None:
                continue
            own: dict[str, Any] = {entity.owner: person} if entity.owner is not None else {}
            if entity.part_of is not None:
                own[entity.part_of] = above[-1]
            values = self._complete(first, chosen, related | own)
            body = self._as_json(entity, chosen) | {
                f"{name}_id": value for name, value in related.items() if value is not None
            }
            row = Row(resource, person, body, values, above)
            if self._may_create(row) and self._keeps_rules(row):
                return row
        return None

    def _keeps_rules(self, row: Row) -> bool:
        """Whether the row can be there; it is, then."""
        self.scene.rows.append(row)
        try:
            if not violations_of(self.scene, row):
                return True
        except Unsure:
            pass
        self.scene.rows.remove(row)
        return False

    def _creators(self, first: Row, above: tuple[Row, ...], number: int) -> list[Person]:
        if first.creator.name in self.world.memberships:
            return [first.creator]
        people = [*self.world.people.values()]
        known = [one for one in people if one.name in PEOPLE[:2]]
        if first.resource.tenant is not None:
            return [first.creator]
        if first.resource.entity.part_of is not None:
            return [above[-1].creator, *known]
        everybody = [*self._guests, *known]
        turn = number % len(everybody)
        return [*everybody[turn:], *everybody[:turn]]

    def _may_create(self, row: Row) -> bool:
        world, entity = self.world, row.resource.entity
        if not world.may_create(row.creator, entity, row.values, row.above):
            return False
        targets = [one for one in row.body.values() if isinstance(one, Row)]
        return all(world.admits(row.creator, one, "read") for one in targets)

    def _related(
        self, entity: Entity, person: Person, above: tuple[Row, ...], number: int
    ) -> dict[str, Any] | None:
        """What the references of a new row lead to; None if a required one leads nowhere."""
        found: dict[str, Any] = {}
        for relation in entity.to_one.values():
            if relation.implicit or relation.name in (entity.owner, entity.part_of):
                continue
            if relation.editable_by is not None or (relation.optional and relation.to == USER):
                continue
            target = self._target(relation, entity, person, above, found, number)
            if target is None and not relation.optional:
                return None
            found[relation.name] = target
        return found

    def _target(
        self,
        relation: ToOne,
        entity: Entity,
        person: Person,
        above: tuple[Row, ...],
        found: dict[str, Any],
        number: int,
    ) -> Row | Person | None:
        if relation.to == USER:
            added = entity.tenanted and self.world.makes_members(entity, relation)
            return self._newcomer(entity, relation, above) if added else person
        rows = self._of(relation.to)
        if relation.to == entity.name:
            rows = rows[:_FEW]
        for offset in range(len(rows)):
            row = rows[(number * 5 + offset) % len(rows)]
            if relation.where is not None and not holds(relation.where, row):
                continue
            if relation.same is not None:
                here = dict(found)
                if entity.part_of is not None:
                    here[entity.part_of] = above[-1]
                if follow(row, relation.same) is not follow(
                    here.get(relation.same[0]), relation.same[1:]
                ):
                    continue
            if self.world.admits(person, row, "read"):
                return row
        return None

    def _newcomer(self, entity: Entity, relation: ToOne, above: tuple[Row, ...]) -> Person | None:
        """Whom to add to a tenant: somebody who is not there yet; None where all are."""
        there = {row.values[relation.name] for row in self._of(entity.name)}
        there.add(above[0].creator)
        people = [*self.world.people.values(), *self._guests]
        free = (one for one in people if one.name not in self.world.memberships)
        return next((one for one in free if one not in there), None)

    def _of(self, name: str) -> list[Row]:
        """The rows of a kind that are there by now."""
        return [row for row in self.scene.rows if row.resource.name == name]

    # What moves rows on.

    def _moves(self) -> Iterator[Move]:
        """Rows are moved on by no, one, two ... steps in turn, along the first way there is."""
        stories = Stories(self.world)
        counts: dict[str, int] = {}
        for row in list(self.rows):
            states = row.resource.entity.states
            if states is None:
                continue
            number = counts.get(row.resource.name, 0)
            counts[row.resource.name] = number + 1
            for step in range(number % (len(states.values) + 1)):
                possible = [
                    move
                    for transition in states.transitions.values()
                    if row.values[states.field] in transition.sources
                    and (move := self._move(row, transition)) is not None
                ]
                if not possible:
                    break
                move = possible[(number + step) % len(possible)]
                act = Act(move.person, row, move.transition, {}, {})
                try:
                    if stories.outcome(self._around(row), act) is not None:
                        break
                except Unsure:
                    break
                yield move

    def _around(self, row: Row) -> Scene:
        """The part of the scene that a row's transition can concern."""
        entity = row.resource.entity
        near = [row, *(one for one in row.values.values() if isinstance(one, Row))]
        for name in entity.to_many:
            for child in self.scene.children(row, name):
                near += [child, *(one for one in child.values.values() if isinstance(one, Row))]
        if any(_minds_states(rule, entity) for rule in entity.rules):
            near += self._of(entity.name)
        scene = Scene(self.world)
        for one in dict.fromkeys(near):
            scene.adopt(one)
        return scene

    def _move(self, row: Row, transition: Transition) -> Move | None:
        """The transition by whoever may; None where it takes input or tells somebody outside."""
        if transition.inputs or any(map(_tells, transition.effects)):
            return None
        for person in [row.creator, *self.world.people.values()]:
            if self.world.admits(person, row, "read") and self.world.admitted_by(
                transition.access, person, row
            ):
                return Move(person, row, transition)
        return None


def _minds_states(rule: Rule, entity: Entity) -> bool:
    """Whether a rule about several rows counts them by their states."""
    if not isinstance(rule, Unique | AtMost | NoOverlap) or rule.where is None:
        return False
    return entity.states is not None and (entity.states.field,) in rule.where.paths()


def _held_against_the_clock(entity: Entity) -> set[str]:
    """The fields that a transition compares with the time."""
    transitions = entity.states.transitions.values() if entity.states else ()
    asked = (one.expression for each in transitions for one in each.requirements)
    return {path[0] for one in asked if one.uses_now for path in one.paths()}


def _tells(effect: Effect) -> bool:
    """Whether an effect sends something, which demo data must not."""
    if isinstance(effect, Each):
        return any(map(_tells, effect.effects))
    return isinstance(effect, SendEmail | CallWebhook)

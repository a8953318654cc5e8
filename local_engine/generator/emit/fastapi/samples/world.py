"""A small world of rows in which every rule of a Blueprint holds, as far as one can be found.

Rows are planned, not stored: for each entity one row with everything that it needs (tenant,
parents, references), who creates it, and what its values will be, so that access conditions and
checks can be worked out beforehand with the expressions' own evaluator. An entity whose rows
nobody can create by request, or for which nothing fitting is found, has no row here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from local_engine.generator.blueprint.resolved import (
    USER,
    Check,
    EditableWhile,
    Entity,
    ExpressionDefault,
    Field,
    LiteralDefault,
    Member,
    NoOverlap,
    SlugDefault,
    ToOne,
    Unique,
)
from local_engine.generator.emit.fastapi.resources import Resource, Resources
from local_engine.generator.emit.fastapi.samples.admission import Admission
from local_engine.generator.emit.fastapi.samples.planned import (
    Person,
    Row,
    follow,
    follow_in,
    holds,
    value_of,
)
from local_engine.generator.emit.fastapi.samples.values import as_json, candidates, sample

_MOST_TRIES = 400
NAMES = ("owner", "second", "newcomer")
"""Two who do things, with all roles, and one who becomes a member."""


class World(Admission):
    """Plans rows. `row` gives the one of an entity."""

    def __init__(self, resources: Resources, names: tuple[str, str, str] = NAMES) -> None:
        super().__init__(resources.application)
        self.resources = resources
        everything = frozenset(self.application.accounts.roles)
        *actors, self._newcomer = names
        self.people = {name: Person(name, everything) for name in actors}
        self._planning: set[str] = set()

    def row(self, name: str) -> Row | None:
        """The row of an entity; None if none can be planned."""
        if name not in self._rows:
            if name in self._planning:
                return None
            self._planning.add(name)
            self._rows[name] = self._plan(self.resources[name])
            self._planning.discard(name)
        return self._rows[name]

    # Planning one row.

    def _plan(self, resource: Resource) -> Row | None:
        entity = resource.entity
        if entity.access["create"].nobody or entity.name == USER:
            return None
        above = self._above(resource)
        if above is None:
            return None
        for creator in list(self.people.values()):
            row = self._created_by(creator, resource, above)
            if row is not None:
                return row
        return self._by_new_member(resource, above)

    def _above(self, resource: Resource) -> tuple[Row, ...] | None:
        """The rows that the path names; None if one of them cannot be planned."""
        found: list[Row] = []
        for step in resource.steps:
            row = self.row(step.resource.name)
            if row is None:
                return None
            found.append(row)
        return tuple(found)

    def _created_by(
        self, creator: Person, resource: Resource, above: tuple[Row, ...]
    ) -> Row | None:
        entity = resource.entity
        if not self._may_enter(creator, above):
            return None
        references = self._references(entity, creator, above)
        if references is None:
            return None
        fixed: dict[str, Any] = dict(references)
        if resource.tenant is not None and self.application.tenancy is not None:
            fixed[self.application.tenancy.relation] = above[0]
        if entity.part_of is not None:
            fixed[entity.part_of] = above[-1]
        if entity.owner is not None:
            fixed[entity.owner] = creator
        for chosen in self._choices(entity):
            values = self.values_of_new(entity, chosen, fixed)
            if values is not None and self.may_create(creator, entity, values, above):
                body = self._body(entity, chosen, references)
                return Row(resource, creator, body, values, above)
        return None

    def _references(
        self, entity: Entity, creator: Person, above: tuple[Row, ...]
    ) -> dict[str, Any] | None:
        """What the required references lead to; None if something is missing."""
        found: dict[str, Any] = {}
        for relation in entity.to_one.values():
            own = relation.implicit or relation.name in (entity.owner, entity.part_of)
            if own or relation.optional:
                continue
            target = self._target(entity, relation, creator)
            if target is None or not self._fits(relation, target, entity, found, above):
                return None
            found[relation.name] = target
        return found

    def _target(self, entity: Entity, relation: ToOne, creator: Person) -> Row | Person | None:
        if relation.to != USER:
            return self.row(relation.to)
        if entity.tenanted and self.makes_members(entity, relation):
            # Whoever founded the tenant is a member already.
            return self.people.setdefault(self._newcomer, Person(self._newcomer, frozenset()))
        return creator

    def makes_members(self, entity: Entity, relation: ToOne) -> bool:
        """Whether the relation names the member in the membership of a place."""
        places = (place.members for place in self.application.entities.values())
        return any(
            members is not None
            and members.through == entity.name
            and members.user_relation == relation.name
            for members in places
        )

    def _fits(
        self,
        relation: ToOne,
        target: Row | Person,
        entity: Entity,
        found: Mapping[str, Any],
        above: tuple[Row, ...],
    ) -> bool:
        """Whether `where` and `same` of the relation hold."""
        if relation.where is not None and not holds(relation.where, target):
            return False
        if relation.same is None:
            return True
        here: dict[str, Any] = {**found, relation.name: target}
        if entity.part_of is not None:
            here[entity.part_of] = above[-1]
        there = follow(target, relation.same)
        return there is not None and there is follow_in(here, relation.same)

    # Values.

    def _choices(self, entity: Entity) -> Iterator[dict[str, Any]]:
        """Bodies of plain values to try, the simplest first."""
        required = [f for f in entity.fields.values() if f.required_on_create]
        checked = self.checked_names(entity)
        yield {f.name: sample(f, 0) for f in required}
        varied = [f for f in entity.fields.values() if f.name in checked and not f.read_only]
        base = {f.name: sample(f, 0) for f in required}
        options = [list(candidates(f, 0)) for f in varied if f.editable_by is None]
        names = [f.name for f in varied if f.editable_by is None]
        for combination in islice(product(*options), _MOST_TRIES):
            yield {**base, **dict(zip(names, combination, strict=True))}

    def checked_names(self, entity: Entity) -> set[str]:
        """The own fields that rules on the row read."""
        found: set[str] = set()
        for rule in entity.rules:
            match rule:
                case Check(expression=expression) | EditableWhile(expression=expression):
                    found |= {path[0] for path in expression.paths()}
                case NoOverlap(start=start, end=end):
                    found |= {start, end}
                case Unique(names=names):
                    found |= set(names)
        return found

    def values_of_new(
        self, entity: Entity, chosen: Mapping[str, Any], fixed: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """All values of a new row, or None where a check does not hold."""
        values = self.completed(entity, chosen, fixed)
        return values if self._keeps_rules(entity, values) else None

    def completed(
        self, entity: Entity, chosen: Mapping[str, Any], fixed: Mapping[str, Any]
    ) -> dict[str, Any]:
        """All values of a row: those chosen and fixed, and what follows from them."""
        values: dict[str, Any] = dict.fromkeys(entity.to_one)
        values.update(fixed)
        for own in entity.fields.values():
            if own.derived is None and own.computed is None and own.copied_from is None:
                values[own.name] = chosen.get(own.name, self._default(own, chosen))
        if entity.states is not None:
            values[entity.states.field] = entity.states.initial
        for own in entity.fields.values():
            if own.copied_from is not None:
                values[own.name] = follow_in(values, own.copied_from)
            elif own.derived is not None:
                values[own.name] = 0 if own.derived.function in ("count", "sum") else None
        for own in entity.fields.values():
            if own.computed is not None:
                values[own.name] = value_of(own.computed, values)
        return values

    def _default(self, own: Field, chosen: Mapping[str, Any]) -> Any:
        match own.default:
            case LiteralDefault(value):
                return value
            case ExpressionDefault(expression):
                return value_of(expression, {})
            case SlugDefault(source):
                return f"slug-of-{chosen.get(source)}"
        return None

    def _keeps_rules(self, entity: Entity, values: Mapping[str, Any]) -> bool:
        for rule in entity.rules:
            if isinstance(rule, Check) and rule.on_create:
                if not holds(rule.expression, values):
                    return False
            elif isinstance(rule, NoOverlap) and not values[rule.start] < values[rule.end]:
                return False
        return True

    def _body(
        self, entity: Entity, chosen: Mapping[str, Any], references: Mapping[str, Any]
    ) -> dict[str, Any]:
        digits = self.application.currency_digits
        body = {name: as_json(value, entity.fields[name], digits) for name, value in chosen.items()}
        body.update({f"{name}_id": target for name, target in references.items()})
        return body

    def _by_new_member(self, resource: Resource, above: tuple[Row, ...]) -> Row | None:
        """A row that only a member with a certain role may create: makes such a member first."""
        for clause in resource.entity.access["create"].clauses:
            if isinstance(clause.actor, Member) and clause.actor.role is not None:
                person = self.member(clause.actor)
                row = None if person is None else self._created_by(person, resource, above)
                if row is not None:
                    return row
        return None

    def member(self, actor: Member) -> Person | None:
        """Somebody with this role in the one planned place."""
        place = self.row(actor.place)
        members = self.application.entities[actor.place].members
        if place is None or members is None or members.role_field is None:
            return None
        name = f"{members.through.lower()}_{actor.role}"
        if name in self.people:
            return self.people[name]
        through = self.resources[members.through]
        founder = place.creator
        above = (place,) if through.tenant is not None else ()
        person = Person(name, frozenset())
        values: dict[str, Any] = {
            members.place_relation: place,
            members.user_relation: person,
            members.role_field: actor.role,
        }
        if not self.may_create(founder, through.entity, values, above):
            return None
        body: dict[str, Any] = {f"{members.user_relation}_id": person}
        body[members.role_field] = actor.role
        if through.tenant is None:
            body[f"{members.place_relation}_id"] = place
        self.people[name] = person
        self._members[name, actor.place] = Row(through, founder, body, values, above)
        return person

    @property
    def memberships(self) -> dict[str, Row]:
        """The rows that make people members of places, by the person's name."""
        return {person: row for (person, _), row in self._members.items()}

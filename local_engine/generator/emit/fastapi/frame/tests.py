"""The project's own tests: who there is in them, how rows are made, a module for each entity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.emit.fastapi.entities.annotations import literal_expression
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.frame.entity_tests import STRANGER, WORLD, EntityTests
from local_engine.generator.emit.fastapi.resources import Resource
from local_engine.generator.emit.fastapi.samples.planned import Person, Row
from local_engine.generator.emit.fastapi.samples.values import as_json, sample
from local_engine.generator.emit.fastapi.samples.world import World
from local_engine.generator.emit.python import (
    Call,
    Dictionary,
    Expression,
    Module,
    call,
    const,
    imported,
    subscript,
)


@dataclass(frozen=True)
class ProjectTests:
    """Builds the modules below `tests/` that depend on the Blueprint."""

    world: World

    def modules(self) -> Iterator[Module]:
        """All of them."""
        yield self._rows()
        for resource in self.world.resources.own:
            row = self.world.row(resource.name)
            if row is not None:
                yield EntityTests(self.world, Plan(self.world.resources, resource), row).module()

    def _rows(self) -> Module:
        module = Module(
            "tests.rows", "Who there is in the tests, and how each kind of row is made."
        )
        any_of = subscript("dict", "str", imported("typing", "Any"))
        people = Dictionary(tuple(self._people()))
        plans = Dictionary(tuple(self._plans()))
        module.assign("PEOPLE", people, subscript("dict", "str", any_of))
        module.assign("PLANS", plans, subscript("dict", "str", imported(WORLD, "Plan")))
        return module

    def _people(self) -> Iterator[tuple[Expression, Expression]]:
        """Everybody, with roles and own fields."""
        # Planning all rows first brings about those who are made members for them.
        for resource in self.world.resources.own:
            self.world.row(resource.name)
        fields = self.world.application.entities[USER].fields.values()
        digits = self.world.application.currency_digits
        own = {f.name: as_json(sample(f, 0), f, digits) for f in fields if f.required_on_create}
        people = [*self.world.people.values(), Person(STRANGER, frozenset())]
        for person in people:
            about = {"roles": sorted(person.roles), **own}
            yield const(person.name), literal_expression(about)

    def _plans(self) -> Iterator[tuple[Expression, Expression]]:
        for resource in self.world.resources.own:
            row = self.world.row(resource.name)
            if row is not None:
                yield const(resource.singular), self._plan(row)
        for person, row in self.world.memberships.items():
            yield const(person), self._plan(row)

    def _plan(self, row: Row) -> Call:
        body = tuple((const(key), _value(value)) for key, value in row.body.items())
        return call(
            imported(WORLD, "Plan"),
            const(_template(row.resource)),
            const(row.creator.name),
            Dictionary(body),
        )


def _template(resource: Resource) -> str:
    """The collection's path, with the names of the rows that it goes through."""
    path = resource.collection
    for step in resource.steps:
        path = path.replace(f"{{{step.parameter}}}", f"{{{step.resource.singular}}}")
    return path


def _value(value: Any) -> Expression:
    if isinstance(value, Row):
        return call(imported(WORLD, "Ref"), const(value.resource.singular))
    if isinstance(value, Person):
        return call(imported(WORLD, "UserRef"), const(value.name))
    return literal_expression(value)

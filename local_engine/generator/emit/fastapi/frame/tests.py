"""The project's own tests: who there is in them, how rows are made, a module for each entity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.emit.fastapi.entities.annotations import literal_expression
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.frame.bodies import WORLD, value
from local_engine.generator.emit.fastapi.frame.entity_tests import STRANGER, EntityTests
from local_engine.generator.emit.fastapi.frame.story_tests import StoryTests
from local_engine.generator.emit.fastapi.resources import Resource
from local_engine.generator.emit.fastapi.samples.planned import Person, Row
from local_engine.generator.emit.fastapi.samples.stories import Stories
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
        stories = Stories(self.world)
        tests = [*self._tests(stories)]
        # Whom and what the tests speak of is known only now.
        yield self._rows(stories)
        yield from tests

    def _tests(self, stories: Stories) -> Iterator[Module]:
        for resource in self.world.resources.own:
            row = self.world.row(resource.name)
            if row is not None:
                plan = Plan(self.world.resources, resource)
                yield EntityTests(self.world, plan, row, stories).module()
        operations = StoryTests(stories).operations()
        if operations is not None:
            yield operations

    def _rows(self, stories: Stories) -> Module:
        module = Module(
            "tests.rows", "Who there is in the tests, and how each kind of row is made."
        )
        any_of = subscript("dict", "str", imported("typing", "Any"))
        people = Dictionary(tuple(self._people()))
        plans = Dictionary(tuple(self._plans(stories)))
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

    def _plans(self, stories: Stories) -> Iterator[tuple[Expression, Expression]]:
        for resource in self.world.resources.own:
            row = self.world.row(resource.name)
            if row is not None:
                yield const(row.name), self._plan(row)
                if row in stories.seconds:
                    second = stories.seconds[row]
                    yield const(second.name), self._plan(second)
        for person, row in self.world.memberships.items():
            yield const(person), self._plan(row)

    def _plan(self, row: Row) -> Call:
        body = tuple((const(key), value(one)) for key, one in row.body.items())
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

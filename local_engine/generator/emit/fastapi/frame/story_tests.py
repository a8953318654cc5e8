"""Tests of transitions and operations: where each succeeds, and each way that it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Operation, Transition
from local_engine.generator.emit.fastapi.entities.annotations import literal_expression
from local_engine.generator.emit.fastapi.frame.writing import (
    asked,
    equal,
    happens,
    of_world,
    refused,
    status_is,
    success,
    test_of,
)
from local_engine.generator.emit.fastapi.samples.planned import Person, Row
from local_engine.generator.emit.fastapi.samples.stories import Act, Stories, Story
from local_engine.generator.emit.python import (
    Assert,
    Function,
    Module,
    Statement,
    assign,
    attribute,
    call,
    const,
    subscript,
)


@dataclass(frozen=True)
class StoryTests:
    """Builds the tests of actions."""

    stories: Stories

    def of_states(self, row: Row) -> Iterator[Function]:
        """The tests of an entity's transitions."""
        states = row.resource.entity.states
        for name in states.transitions if states else ():
            yield from self._tests(self.stories.of_transition(row, name))

    def of_row_operations(self, row: Row) -> Iterator[Function]:
        """The tests of the operations on an entity's rows."""
        for operation in self.stories.world.application.operations.values():
            if operation.on == row.resource.name and not operation.code:
                yield from self._tests(self.stories.of_operation(operation))

    def operations(self) -> Module | None:
        """The tests of the operations that are about no row of their own."""
        module = Module("tests.test_operations", "Operations: carried out, and refused.")
        tested = False
        for operation in self.stories.world.application.operations.values():
            if operation.on is None and not operation.tenanted and not operation.code:
                for function in self._tests(self.stories.of_operation(operation)):
                    module.define(function)
                    tested = True
        return module if tested else None

    def _tests(self, stories: Iterable[Story]) -> Iterator[Function]:
        """The success first."""
        for story in sorted(stories, key=lambda one: one.refusal is not None):
            yield self._test(story)

    def _test(self, story: Story) -> Function:
        act = story.act
        watched = self._watched(act)
        before = [*happens(story.before, act.row)]
        if story.refusal is None:
            return test_of(
                act.action.name,
                self._told(act.action),
                *before,
                assign("answer", asked(act)),
                status_is("answer", success(act.action)),
                *self._arrived(act),
            )
        if watched is not None and act.row is None:
            before.append(assign("made", of_world("make", const(watched[0].name))))
        seen = None if watched is None else of_world("shown", const(watched[1].name), "made")
        statements: list[Statement] = [*before]
        if seen is not None:
            statements.append(assign("before", seen))
        statements += [assign("answer", asked(act)), *refused("answer", story.refusal)]
        if seen is not None:
            statements.append(Assert(equal(seen, "before")))
        rule = story.refusal.rule
        return test_of(
            f"{act.action.name}_is_refused_by_{self._tail(act, rule)}",
            self._refusal_told(act, rule),
            *statements,
        )

    def _watched(self, act: Act) -> tuple[Row, Person] | None:
        """A row that must not change when the action is refused, and who sees it."""
        if act.row is not None:
            return act.row, act.person
        for value in act.values.values():
            if isinstance(value, Row) and self.stories.world.admits(act.person, value, "read"):
                return value, act.person
        return None

    def _arrived(self, act: Act) -> Iterator[Statement]:
        states = None if act.row is None else act.row.resource.entity.states
        if isinstance(act.action, Transition) and states is not None:
            found = subscript(call(attribute("answer", "json")), const(states.field))
            yield Assert(equal(found, literal_expression(act.action.target)))

    def _told(self, action: Transition | Operation) -> str:
        if isinstance(action, Transition):
            return f"It goes from {' or '.join(action.sources)} to {action.target}."
        return action.description or "It is done where everything that it needs is there."

    def _tail(self, act: Act, rule: str) -> str:
        """The rule in the test's name."""
        start = f"{act.action.name}." if act.row is None else f"{act.row.resource.singular}."
        tail = rule.removeprefix(start).removeprefix(f"{act.action.name}.")
        return tail.replace(".", "_")

    def _refusal_told(self, act: Act, rule: str) -> str:
        states = None if act.row is None else act.row.resource.entity.states
        if states is not None and rule.endswith(f".{states.field}"):
            return "Not from this state; nothing changes."
        told = {one.id: one.message.rstrip(".") for one in act.action.requirements}
        return f"{told.get(rule, f'It would violate {rule}')}; nothing changes."

"""Tests of rules: what each refuses, and what it lets pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import EditableWhile
from local_engine.generator.emit.fastapi.entities.schemas import Member
from local_engine.generator.emit.fastapi.frame.bodies import value
from local_engine.generator.emit.fastapi.frame.writing import (
    equal,
    happens,
    of_world,
    refused,
    status_is,
    test_of,
)
from local_engine.generator.emit.fastapi.samples.planned import Row
from local_engine.generator.emit.fastapi.samples.stories import Refusal, Stories
from local_engine.generator.emit.fastapi.samples.values import as_json, sample
from local_engine.generator.emit.fastapi.samples.variants import RuleTrial, Variant, Variants
from local_engine.generator.emit.python import (
    Assert,
    Call,
    Evaluate,
    Function,
    Operand,
    Statement,
    assign,
    const,
)


@dataclass(frozen=True)
class RuleTests:
    """Builds the tests of the rules of one entity."""

    stories: Stories
    row: Row

    def functions(self) -> Iterator[Function]:
        """One for each rule that a test can be derived for."""
        for trial in Variants(self.stories.world).of_rules(self.row):
            yield self._test(trial)

    def locked(self, member: Member | None) -> Iterator[Function]:
        """That a row is not changed any more once it must not be."""
        for rule in self.row.resource.entity.rules:
            if not isinstance(rule, EditableWhile) or member is None or member.field is None:
                continue
            found = self.stories.locked(self.row, rule)
            if found is None:
                continue
            before, person = found
            digits = self.stories.world.application.currency_digits
            body = {member.key: value(as_json(sample(member.field, 1), member.field, digits))}
            shown = of_world("shown", const(person.name), "made")
            yield self._function(
                rule.id,
                rule.message,
                *happens(before, self.row),
                assign("before", shown),
                assign("answer", of_world("change", const(person.name), "made", **body)),
                *refused("answer", Refusal(409, rule.id)),
                Assert(equal(shown, "before")),
            )

    def _test(self, trial: RuleTrial) -> Function:
        kind = const(self.row.name)
        body: list[Statement] = []
        if not trial.alone:
            body.append(Evaluate(of_world("make", kind)))
        for one in trial.before:
            body.append(assign("one", self._create(one)))
            body.append(status_is("one", 201))
        listed = self._lists()
        if listed:
            body.append(assign("before", of_world("listed", kind)))
        body += [
            assign("answer", self._create(trial.refused)),
            *refused("answer", Refusal(trial.status, trial.rule)),
        ]
        if listed:
            body.append(Assert(equal(of_world("listed", kind), "before")))
        if trial.accepted is not None:
            body.append(assign("other", self._create(trial.accepted)))
            body.append(status_is("other", 201))
        return self._function(trial.rule, trial.message, *body)

    def _create(self, variant: Variant) -> Call:
        kind: Operand = const(self.row.name)
        changes = Variants(self.stories.world).as_body(self.row, variant)
        body = {key: value(one) for key, one in changes.items()}
        if variant.person is self.row.creator:
            return of_world("create", kind, **body)
        return of_world("create_as", const(variant.person.name), kind, **body)

    def _lists(self) -> bool:
        world = self.stories.world
        return not self.row.resource.entity.access["list"].nobody and world.admits(
            self.row.creator, self.row, "list"
        )

    def _function(self, rule: str, message: str, *body: Statement) -> Function:
        tail = rule.removeprefix(f"{self.row.resource.singular}.").replace(".", "_")
        told = f"{message[:1].upper()}{message[1:].rstrip('.')}."
        return test_of(f"rule_{tail}", told, *body)

"""The functions that tests are made of: one for each thing that is claimed."""

from __future__ import annotations

from collections.abc import Iterable

from local_engine.generator.blueprint.resolved import Operation, Transition
from local_engine.generator.emit.fastapi.frame.bodies import WORLD, value
from local_engine.generator.emit.fastapi.samples.planned import Row
from local_engine.generator.emit.fastapi.samples.stories import Act, Refusal, Step
from local_engine.generator.emit.python import (
    NONE,
    Assert,
    Call,
    Evaluate,
    Function,
    Infix,
    Name,
    Operand,
    Statement,
    assign,
    attribute,
    call,
    const,
    expression,
    imported,
    parameter,
    subscript,
)


def test_of(name: str, docstring: str, *body: Statement) -> Function:
    """A test that is given the world."""
    world = parameter("world", imported(WORLD, "World"))
    return Function(f"test_{name}", (world,), NONE, body, docstring)


def equal(left: Operand, right: Operand) -> Infix:
    """`left == right`."""
    return Infix("==", (expression(left), expression(right)))


def of_world(method: str, *arguments: Operand, **keywords: Operand) -> Call:
    """A call of a method of the world."""
    return call(attribute("world", method), *arguments, **keywords)


def status_is(answer: Operand, status: int) -> Assert:
    """The answer has this status."""
    return Assert(equal(attribute(answer, "status_code"), const(status)))


def refused(answer: str, refusal: Refusal) -> Iterable[Statement]:
    """The answer refuses, and says by which rule."""
    rule = subscript(call(attribute(answer, "json")), const("rule"))
    return status_is(answer, refusal.status), Assert(equal(rule, const(refusal.rule)))


def happens(steps: Iterable[Step], subject: Row | None) -> Iterable[Statement]:
    """What comes before: rows that are made (the subject is kept), and actions that succeed."""
    for step in steps:
        if isinstance(step, Act):
            yield assign("earlier", asked(step))
            yield status_is("earlier", success(step.action))
        elif step.row is subject:
            yield assign("made", of_world("make", const(step.row.name)))
        else:
            yield Evaluate(of_world("make", const(step.row.name)))


def asked(act: Act) -> Call:
    """The request of an action; what it is about stands in `made`."""
    body = {key: value(one) for key, one in act.body.items()}
    person = const(act.person.name)
    if act.row is not None:
        return of_world("act", person, Name("made"), const(_segment(act.action)), **body)
    assert isinstance(act.action, Operation)
    return of_world("call", person, const(f"/operations/{act.action.segment}"), **body)


def _segment(action: Transition | Operation) -> str:
    if isinstance(action, Operation):
        return action.segment
    return action.name.replace("_", "-")


def success(action: Transition | Operation) -> int:
    """The status when it is done."""
    if isinstance(action, Transition):
        return 200
    if action.returns is None:
        return 204
    return 201 if action.returns_created else 200

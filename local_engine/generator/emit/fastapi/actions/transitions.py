"""Transitions of an entity's states: `transitions.py` of its package, and their handlers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import (
    Entity,
    RefInput,
    StateMachine,
    Transition,
    ValueInput,
)
from local_engine.generator.emit.fastapi.actions.code import ActionCode
from local_engine.generator.emit.fastapi.actions.inputs import Inputs
from local_engine.generator.emit.fastapi.actions.locks import own_row_lock
from local_engine.generator.emit.fastapi.actions.scene import Scene
from local_engine.generator.emit.fastapi.entities.functions import (
    ACTOR,
    CONNECTION,
    UUID,
    guard,
    sql_expression,
)
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.routing import DOCUMENTS, Handler, Routes
from local_engine.generator.emit.fastapi.entities.statements import Sql, Statements, block
from local_engine.generator.emit.fastapi.sql.access import admits
from local_engine.generator.emit.fastapi.sql.text import in_f_string
from local_engine.generator.emit.python import (
    Assign,
    Dictionary,
    Evaluate,
    Expression,
    Formatted,
    Function,
    If,
    Infix,
    Module,
    Name,
    Raise,
    Return,
    Sequence,
    Statement,
    assign,
    attribute,
    await_,
    call,
    const,
    imported,
    parameter,
    subscript,
)
from local_engine.generator.emit.relational.names import literal, quote, snake


@dataclass(frozen=True)
class Transitions:
    """The transitions of one entity."""

    plan: Plan

    @property
    def _machine(self) -> StateMachine:
        assert self.plan.entity.states is not None
        return self.plan.entity.states

    @property
    def _entity(self) -> Entity:
        return self.plan.entity

    def transitions(self) -> Iterator[Transition]:
        """Those that somebody may do."""
        if self.plan.entity.states is not None:
            for transition in self._machine.transitions.values():
                if not transition.access.nobody:
                    yield transition

    @property
    def needed(self) -> bool:
        """Whether there is anything to write."""
        return any(True for _ in self.transitions())

    def module(self) -> Module:
        """`transitions.py`."""
        a_row = self.plan.resource.a_row
        module = Module(
            f"{self.plan.resource.package}.transitions",
            f"The states of {self.plan.resource.a_row}: who may move it on, when, and what follows."
            f"\n\n{a_row[:1].upper()}{a_row[1:]} is locked first, so of two that move it at once "
            "the second\nfinds the new state.",
        )
        functions: list[Function] = []
        for transition in self.transitions():
            code = self.code(module, transition)
            code.add_inputs()
            lock = self._lock(transition, own_row_lock(code.scene, transition.requirements))
            module.assign(f"LOCK_FOR_{transition.name.upper()}", sql_expression(lock))
            functions.append(self._lock_function(transition))
            functions.append(code.preparation(*self._state_check(transition)))
            functions.append(code.carrying_out(state=self._move(transition)))
        for function in functions:
            module.define(function)
        return module

    def code(self, module: Module, transition: Transition) -> ActionCode:
        """The action of a transition."""
        scene = Scene(self.plan.application, self._entity, transition.inputs)
        model = "".join(part.capitalize() for part in transition.name.split("_")) + "Input"
        place = {step.parameter: step.resource.key for step in self.plan.resource.steps}
        return ActionCode(
            module,
            transition.name,
            f"{transition.name.replace('_', ' ')} {self.plan.resource.a_row}",
            scene,
            Inputs(self.plan.resources, scene, transition.inputs, model),
            {**place, "id": self.plan.resource.key},
            transition.requirements,
            transition.effects,
        )

    def _lock(self, transition: Transition, strength: str) -> Sql:
        statements = Statements(self.plan)
        table, field = self.plan.resource.table, quote(self._machine.field)
        allowed = in_f_string(admits(transition.access, self.plan.row))
        within = "{access.WITHIN} AND " if self.plan.nested else ""
        return Sql(
            block(
                f"SELECT {table}.version, {table}.{field}, {allowed} AS allowed",
                "{access.SOURCE}",
                f"WHERE {within}{table}.id = %(id)s AND {{access.READABLE}}",
                f"{strength} OF {table}",
            ),
            statements.own_access,
        )

    def _lock_function(self, transition: Transition) -> Function:
        resource = self.plan.resource
        entries: list[tuple[Expression | None, Expression]] = [
            (None, attribute("actor", "parameters"))
        ]
        for step in resource.steps:
            entries.append((const(step.parameter), Name(step.resource.key)))
        entries.append((const("id"), Name(resource.key)))
        constant = f"LOCK_FOR_{transition.name.upper()}"
        return Function(
            f"lock_for_{transition.name}",
            (
                CONNECTION,
                ACTOR,
                *(parameter(step.resource.key, UUID) for step in resource.steps),
                parameter(resource.key, UUID),
            ),
            subscript("tuple", "int", "str"),
            (
                Assign(
                    "row", guard("lock_row", "connection", constant, Dictionary(tuple(entries)))
                ),
                Return(
                    Sequence(
                        (call("int", subscript("row", const(0))), subscript("row", const(1))), "  "
                    )
                ),
            ),
            f"Lock the {resource.words}; returns its version and state.\n\n"
            "Raises a 404 problem when the actor may not read it, 403 when they may not do this.",
            is_async=True,
        )

    def _state_check(self, transition: Transition) -> tuple[Statement, ...]:
        """409 in a wrong state, naming it."""
        allowed: Expression = Sequence(tuple(const(state) for state in transition.sources), "()")
        test = Infix("not in", (Name("state"), allowed))
        if len(transition.sources) == 1:
            test = Infix("!=", (Name("state"), const(transition.sources[0])))
        rule = f"{snake(self._entity.name)}.{self._machine.field}"
        verb = transition.name.replace("_", " ")
        message = Formatted(("It is ", Name("state"), f": {verb} is not possible now."))
        problem = call(
            attribute(call(imported("app.core.rules", "Rule"), const(rule), message), "problem")
        )
        return (If(test, (Raise(problem),)),)

    def _move(self, transition: Transition) -> str:
        table, field = self.plan.resource.table, quote(self._machine.field)
        return (
            f"UPDATE {table}\nSET {field} = {literal(transition.target)}\nWHERE {table}.id = %(id)s"
        )


@dataclass(frozen=True)
class TransitionRoutes(Routes):
    """The handlers of transitions."""

    def handlers(self) -> Iterator[Handler]:
        """One for each transition that somebody may do."""
        transitions = Transitions(self.plan)
        for transition in transitions.transitions():
            yield self._handler(transitions, transition)

    def _in_module(self, name: str) -> Expression:
        return attribute(imported(self.plan.resource.package, "transitions"), name)

    def _handler(self, transitions: Transitions, transition: Transition) -> Handler:
        resource, name = self.plan.resource, transition.name
        code = transitions.code(Module("", ""), transition)
        model = self._model(code)
        details: dict[str, Expression] = {
            "body": model,
            "etag": const(True),
            "idempotent": const(True),
            **self.if_match,
        }
        if not _required(transition):
            details["body_required"] = const(False)
        who = ", ".join(clause.written for clause in transition.access.clauses)
        sources = " or ".join(transition.sources)
        return Handler(
            "post",
            f"{self.item}/{name.replace('_', '-')}",
            f"{name}_{resource.singular}",
            f"{name.replace('_', ' ').capitalize()} {resource.a_row}",
            f"Moves it from {sources} to {transition.target}. For: {who}.",
            self.texts(own=True),
            tuple(self._body(code, transition, model)),
            (400, 401, 403, 404, 409, *self.conditional, 413, 415, 422),
            details,
            self.plan.schemas.model(),
        )

    def _model(self, code: ActionCode) -> Expression:
        if code.has_input:
            return self._in_module(code.inputs.model)
        return imported("app.core.body", "NoInput")

    def _body(
        self, code: ActionCode, transition: Transition, model: Expression
    ) -> Iterator[Statement]:
        """The body of the handler."""
        optional: dict[str, Expression] = {} if _required(transition) else {"optional": const(True)}
        received = call(imported("app.core.body", "receive_body"), "request", model, **optional)
        yield from self.opening(transition.access, own=True)
        yield assign("body", await_(received))
        yield self.transaction(*self._work(code))
        run = call(imported("app.core.idempotency", "run_once"), "request", "actor", "body", "work")
        yield Return(await_(run))

    def _work(self, code: ActionCode) -> Iterator[Statement]:
        """What happens in the transaction, in the order of refusals."""
        keys, value = self.keys(own=True), call(attribute("body", "value"))
        lock = self._in_module(f"lock_for_{code.name}")
        yield assign("version, state", await_(call(lock, "connection", "actor", *keys)))
        yield Evaluate(call(attribute("body", "require_readable")))
        yield self.check_version("version")
        yield assign("given", value) if code.has_input else Evaluate(value)
        given = ("given",) if code.has_input else ()
        prepare = self._in_module(f"prepare_{code.name}")
        prepared = call(prepare, "connection", "actor", *keys, "state", *given)
        yield assign("names", await_(prepared))
        yield Evaluate(call(imported("app.core.errors", "violations_are_conflicts"), "request"))
        carry_out = self._in_module(f"carry_out_{code.name}")
        yield Evaluate(await_(call(carry_out, *code.carry_out_arguments())))
        reload = self.repository("reload")
        reloaded = call(reload, "connection", "actor", self.plan.resource.key)
        yield assign("document", await_(reloaded))
        yield Return(call(imported(DOCUMENTS, "document_response"), "request", "document"))


def _required(transition: Transition) -> bool:
    """Whether a body must be sent."""
    for given in transition.inputs:
        match given:
            case ValueInput(_, field):
                if field.required_on_create:
                    return True
            case RefInput(_, _, _, optional):
                if not optional:
                    return True
            case _:
                return True
    return False

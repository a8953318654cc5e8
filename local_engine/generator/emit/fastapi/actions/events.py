"""`effects.py` of an entity: what follows when a request creates, changes or deletes a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.resolved import EntityEffect
from local_engine.generator.emit.fastapi.actions.effects import EffectWriter
from local_engine.generator.emit.fastapi.actions.locks import Locks
from local_engine.generator.emit.fastapi.actions.scene import Scene
from local_engine.generator.emit.fastapi.entities.events import Events
from local_engine.generator.emit.fastapi.entities.functions import (
    ACTOR,
    CONNECTION,
    UUID,
    guard,
)
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.statements import block
from local_engine.generator.emit.fastapi.sql.text import wrapped
from local_engine.generator.emit.python import (
    NONE,
    Dictionary,
    Evaluate,
    Expression,
    Function,
    If,
    Infix,
    Module,
    Name,
    Parameter,
    Prefixed,
    Return,
    Statement,
    TextBlock,
    assign,
    attribute,
    await_,
    call,
    const,
    imported,
    mapping,
    parameter,
    subscript,
)
from local_engine.generator.emit.relational.names import column_of, quote

_NAMES = subscript("dict", "str", imported("typing", "Any"))


@dataclass(frozen=True)
class EventEffects:
    """The module of one entity."""

    plan: Plan

    @cached_property
    def _events(self) -> Events:
        return Events(self.plan)

    @property
    def needed(self) -> bool:
        """Whether anything follows from a write."""
        return bool(self.plan.entity.effects)

    def module(self) -> Module:
        """The module: one function for each effect, then one for each kind of write."""
        words = self.plan.resource.words
        module = Module(
            f"{self.plan.resource.package}.effects",
            f"What follows when a request writes {self.plan.resource.a_row}, in its transaction.",
        )
        named = list(self._named())
        if self._events.compared:
            items = wrapped([quote(name) for name in self._events.compared], 7)
            table = self.plan.resource.table
            sql = block(f"SELECT {items}", f"FROM {table}", f"WHERE {table}.id = %(id)s")
            module.assign("WATCHED", TextBlock(sql))
        for name, effect in named:
            self._define(module, name, effect)
        if self._events.compared:
            module.define(self._watched(words))
        for action in ("create", "update", "delete"):
            if self._happens(action) and self._events.concerned(action):
                module.define(self._follow(action, named))
        return module

    def _happens(self, action: str) -> bool:
        """Whether requests do it: replacing a row or its files is a change, too."""
        plan = self.plan
        replaces = bool(plan.entity.upsert) and "create" in plan.actions
        changes = replaces or (bool(plan.files) and plan.writes_inside)
        return action in plan.actions or (action == "update" and changes)

    def _named(self) -> Iterator[tuple[str, EntityEffect]]:
        """The effects with the names of their functions: `after_assignee`, `after_create_2`."""
        seen: dict[str, int] = {}
        for effect in self.plan.entity.effects:
            seen[effect.on] = seen.get(effect.on, 0) + 1
            number = seen[effect.on]
            yield f"after_{effect.on}" + (f"_{number}" if number > 1 else ""), effect

    def _define(self, module: Module, name: str, effect: EntityEffect) -> None:
        """The function of one effect."""
        scene = Scene(self.plan.application, self.plan.entity)
        prefix = name.upper()
        body: list[Statement] = []
        locks = Locks(scene)
        locks.collect((), effect.effects)
        when = {"create": "creation", "update": "a change", "delete": "deletion"}
        told = f"What follows {when.get(effect.on, f'a change of {effect.on}')}"
        if effect.condition is not None:
            told += f", if {effect.condition.text}"
            at_hand = scene.with_row_at_hand()
            sql = TextBlock(block(at_hand.select(at_hand.condition(effect.condition))))
            module.assign(f"{prefix}_IF", sql)
            body.append(
                assign("holds", guard("written_row", "connection", f"{prefix}_IF", "names"))
            )
            body.append(If(Prefixed("not ", subscript("holds", const(0))), (Return(),)))
        writer = EffectWriter(scene, module, prefix)
        body += locks.run(module, prefix)
        body += writer.statements(effect.effects)
        module.define(
            Function(
                name,
                (CONNECTION, parameter("names", _NAMES)),
                NONE,
                tuple(body),
                f"{told}.",
                is_async=True,
            )
        )

    def _watched(self, words: str) -> Function:
        key = self.plan.resource.key
        row = guard("fetch_row", "connection", "WATCHED", mapping((const("id"), key)))
        return Function(
            "watched",
            (CONNECTION, parameter(key, UUID)),
            _NAMES,
            (Return(row),),
            f"What changes of the {words} are told by.",
            is_async=True,
        )

    def _follow(self, action: str, named: list[tuple[str, EntityEffect]]) -> Function:
        key = self.plan.resource.key
        keys: tuple[Parameter, ...] = tuple(parameter(name, UUID) for name in self.plan.keys)
        before = (parameter("before", _NAMES),) if action == "update" else ()
        body: list[Statement] = [assign("names", self._names(), _NAMES)]
        if action in ("create", "update") and self._compares(action):
            body.append(assign("now", await_(call("watched", "connection", key))))
        for name, effect in named:
            run = Evaluate(await_(call(name, "connection", "names")))
            test = self._test(action, effect)
            if test is not None:
                body.append(If(test, (run,)))
            elif effect.on == action:
                body.append(run)
        verb = {"create": "creation", "update": "a change", "delete": "deletion"}[action]
        rest = "; the row is still there" if action == "delete" else ""
        return Function(
            f"follow_{action}",
            (CONNECTION, ACTOR, *keys, parameter(key, UUID), *before),
            NONE,
            tuple(body),
            f"All that follows {verb} by a request{rest}.",
            is_async=True,
        )

    def _compares(self, action: str) -> bool:
        return bool(self._events.watched) or (action == "update" and bool(self._events.compared))

    def _test(self, action: str, effect: EntityEffect) -> Expression | None:
        """The condition under which an effect follows; None where there is none to ask."""
        if action == "delete" or effect.on in ("create", "delete"):
            return None
        if effect.on == "update":
            if action == "create":
                return None
            return _differs("version")
        column = column_of(self.plan.entity, effect.on)
        if action == "create":
            return Infix("is not", (subscript("now", const(column)), NONE))
        return _differs(column)

    def _names(self) -> Dictionary:
        entries: list[tuple[Expression | None, Expression]] = [
            (None, attribute("actor", "parameters"))
        ]
        for step in self.plan.resource.steps:
            entries.append((const(step.parameter), Name(step.resource.key)))
        entries.append((const("id"), Name(self.plan.resource.key)))
        return Dictionary(tuple(entries))


def _differs(column: str) -> Expression:
    return Infix("!=", (subscript("now", const(column)), subscript("before", const(column))))

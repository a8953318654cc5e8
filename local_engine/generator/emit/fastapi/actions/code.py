"""An action as two functions: one that refuses, one that carries it out.

They are apart because of the answers: what an action requires has its own status, while a rule
that its effects violate is always a conflict (docs/blueprint.md §6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import (
    Effect,
    RefInput,
    Requirement,
    RowsInput,
)
from local_engine.generator.emit.fastapi.actions.effects import EffectWriter
from local_engine.generator.emit.fastapi.actions.inputs import Inputs, given_value
from local_engine.generator.emit.fastapi.actions.locks import Locks
from local_engine.generator.emit.fastapi.actions.scene import Scene
from local_engine.generator.emit.fastapi.application.rules import rule_call
from local_engine.generator.emit.fastapi.entities.annotations import attribute_name
from local_engine.generator.emit.fastapi.entities.functions import ACTOR, CONNECTION, UUID
from local_engine.generator.emit.fastapi.entities.statements import block
from local_engine.generator.emit.python import (
    NONE,
    Assign,
    Dictionary,
    Evaluate,
    Expression,
    For,
    Formatted,
    Function,
    Module,
    Name,
    Parameter,
    Return,
    Sequence,
    Statement,
    TextBlock,
    attribute,
    await_,
    call,
    const,
    imported,
    parameter,
    subscript,
)

DB = "app.core.db"
GUARDS = "app.rows.guards"
NAMED = "app.rows.named"
NAMES = subscript("dict", "str", imported("typing", "Any"))


@dataclass
class ActionCode:
    """Writes one action into a module. `place` are the path's parameters → their variables."""

    module: Module
    name: str
    words: str
    scene: Scene
    inputs: Inputs
    place: dict[str, str]
    requirements: tuple[Requirement, ...]
    effects: tuple[Effect, ...]

    @property
    def prefix(self) -> str:
        """What the action's constants begin with."""
        return self.name.upper()

    @property
    def has_input(self) -> bool:
        """Whether the body has a model of its own."""
        return bool(self.inputs.inputs)

    def add_inputs(self) -> None:
        """Add the models of the body."""
        if self.has_input:
            for alias, taken in self.inputs.aliases():
                self.module.assign(alias, taken)
            for model in self.inputs.classes():
                self.module.define(model)

    def carrying_out(self, *, state: str | None = None, returns: str = "") -> Function:
        """The function that carries it out; its statements are added to the module.

        `state` is the statement that moves the row, `returns` the key in `names` of the row to
        answer with.
        """
        writer = EffectWriter(self.scene, self.module, self.prefix)
        body: list[Statement] = []
        if state is not None:
            body.append(Evaluate(writer.execute(writer.constant("MOVE", state))))
        body += writer.statements(self.effects)
        kind: Expression = NONE
        if returns:
            body.append(Assign("key", subscript("names", const(returns)), UUID))
            body.append(Return(Name("key")))
            kind = UUID
        return Function(
            f"carry_out_{self.name}",
            (CONNECTION, parameter("names", NAMES), *self._given_parameter(self._loops)),
            kind,
            tuple(body) or (Return(),),
            f"Carry it out: {self.words}. Violated rules roll everything back.",
            is_async=True,
        )

    @property
    def _loops(self) -> bool:
        return any(isinstance(given, RowsInput) for given in self.inputs.inputs)

    def carry_out_arguments(self) -> tuple[str, ...]:
        """What a call of `carry_out_...` is given."""
        return ("connection", "names", *(("given",) if self._loops else ()))

    def _given_parameter(self, needed: bool) -> tuple[Parameter, ...]:
        return (parameter("given", self.inputs.type),) if needed else ()

    def preparation(self, *before: Statement) -> Function:
        """The function that refuses; its statements are added to the module.

        `before` are refusals (409) that come before those of the requirements.
        """
        on_input = [one for one in self.requirements if one.status == 422]
        others = [one for one in self.requirements if one.status != 422]
        body: list[Statement] = [Assign("names", self._names(), NAMES)]
        body += self._locks()
        body += self._references()
        if before:
            body += self._requirements("INPUT_", on_input)
            body += before
            body += self._requirements("", others)
        else:
            body += self._requirements("", [*on_input, *others])
        body.append(Return(Name("names")))
        places = tuple(parameter(variable, UUID) for variable in self.place.values())
        extra = (parameter("state", "str"),) if before else ()
        return Function(
            f"prepare_{self.name}",
            (CONNECTION, ACTOR, *places, *extra, *self._given_parameter(self.has_input)),
            NAMES,
            tuple(body),
            f"Lock what it touches and refuse what is not possible: {self.words}.\n\n"
            "Returns the parameters of its statements. Raises 422 and 409 problems.",
            is_async=True,
        )

    def _names(self) -> Expression:
        entries: list[tuple[Expression | None, Expression]] = [
            (None, attribute("actor", "parameters"))
        ]
        for key, variable in self.place.items():
            entries.append((const(key), Name(variable)))
        for given in self.inputs.inputs:
            if not isinstance(given, RowsInput):
                entries.append((const(f"input.{given.name}"), given_value("given", given)))
        return Dictionary(tuple(entries))

    def _locks(self) -> Iterator[Statement]:
        locks = Locks(self.scene)
        locks.collect(self.requirements, self.effects)
        yield from locks.run(self.module, self.prefix)

    def _references(self) -> Iterator[Statement]:
        found = list(self.inputs.references())
        single = [one for one in found if one[1].startswith("input.")]
        if single:
            name = f"{self.prefix}_REFERENCES"
            yield self._require(name, single)
        for given in self.inputs.inputs:
            if isinstance(given, RowsInput):
                yield from self._row_references(given, found)

    def _row_references(
        self, given: RowsInput, found: list[tuple[str, str, TextBlock]]
    ) -> Iterator[Statement]:
        own = [one for one in found if one[1].startswith(f"{given.name}.")]
        if not own:
            return
        take: list[Statement] = [
            Assign(f'names["{given.name}.{column.name}"]', given_value("item", column))
            for column in given.columns
            if isinstance(column, RefInput)
        ]
        within = Formatted((f"/{given.name}/", Name("index")))
        require = self._require(f"{self.prefix}_{given.name.upper()}_REFERENCES", own, within)
        source = call("enumerate", attribute("given", attribute_name(given.name)))
        yield For("index, item", source, (*take, require))

    def _require(
        self, name: str, found: list[tuple[str, str, TextBlock]], *within: Expression
    ) -> Statement:
        rows: list[Expression] = []
        for _, key, sql in found:
            constant = f"{self.prefix}_FIND_{key.removeprefix('input.').replace('.', '_').upper()}"
            self.module.assign(constant, sql)
        for pointer, key, _ in found:
            constant = f"{self.prefix}_FIND_{key.removeprefix('input.').replace('.', '_').upper()}"
            rows.append(
                call(imported(NAMED, "NamedRow"), const(pointer), const(key), Name(constant))
            )
        self.module.assign(name, Sequence(tuple(rows)))
        require = imported(NAMED, "require_named")
        return Evaluate(await_(call(require, "connection", name, "names", *within)))

    def _requirements(self, part: str, required: list[Requirement]) -> Iterator[Statement]:
        if not required:
            return
        scene = self.scene.with_row_at_hand()
        columns = ",\n    ".join(scene.condition(one.expression) for one in required)
        sql, rules = f"{self.prefix}_{part}REQUIRES", f"{self.prefix}_{part}RULES"
        self.module.assign(sql, TextBlock(block(scene.select(f"\n    {columns}"))))
        listed = tuple(rule_call(one.id, one.message, one.status) for one in required)
        self.module.assign(rules, Sequence(listed))
        require = imported(GUARDS, "require_rules")
        yield Evaluate(await_(call(require, "connection", sql, "names", rules)))

"""`app/seed.py`: demo data, made by the repositories themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.emit.fastapi.entities.annotations import literal_expression
from local_engine.generator.emit.fastapi.resources import Resource
from local_engine.generator.emit.fastapi.samples.demo import Demo, Move
from local_engine.generator.emit.fastapi.samples.lifelike import lifelike
from local_engine.generator.emit.fastapi.samples.planned import Person, Row
from local_engine.generator.emit.fastapi.samples.values import as_json
from local_engine.generator.emit.python import (
    NONE,
    Call,
    Dictionary,
    Evaluate,
    Expression,
    Function,
    Module,
    Sequence,
    attribute,
    await_,
    call,
    const,
    imported,
    parameter,
    subscript,
)

DEMO = "app.rows.demo"


@dataclass(frozen=True)
class Seed:
    """Builds the module."""

    demo: Demo

    def module(self) -> Module:
        """The module."""
        module = Module("app.seed", "Demo data: `python -m app seed`.")
        about = subscript("dict", "str", subscript("dict", "str", imported("typing", "Any")))
        module.assign("PEOPLE", Dictionary(tuple(self._people())), about)
        module.assign("KINDS", Dictionary(tuple(self._kinds())))
        kind = subscript("list", imported(DEMO, "Row"))
        module.assign("ROWS", Sequence(tuple(map(self._row, self.demo.rows))), kind)
        given = ["PEOPLE", "KINDS", "ROWS"]
        for move in self._different():
            module.assign(self._constant(move), self._transition(move))
        if self.demo.moves:
            module.assign("MOVES", Sequence(tuple(map(self._move, self.demo.moves))))
            given.append("MOVES")
        fill = attribute(call(imported(DEMO, "Demo"), *given), "fill")
        module.define(
            Function(
                "seed",
                (parameter("connection", imported("app.core.db", "Connection")),),
                NONE,
                (Evaluate(await_(call(fill, "connection", imported("app.profile", "PROFILE")))),),
                "Fill in the demo; a second run changes nothing.",
                is_async=True,
            )
        )
        return module

    def _people(self) -> Iterator[tuple[Expression, Expression]]:
        """Whoever has a part in the rows, with roles and own fields."""
        rows = self.demo.rows
        acting = [person for row in rows for person in (row.creator, *row.body.values())]
        acting += [move.person for move in self.demo.moves]
        everybody = [one for one in dict.fromkeys(map(_person, acting)) if one is not None]
        application = self.demo.world.application
        user, digits = application.entities[USER], application.currency_digits
        for number, person in enumerate(everybody):
            about: dict[str, Any] = {"roles": sorted(person.roles)}
            for field in user.fields.values():
                if field.required_on_create:
                    about[field.name] = as_json(lifelike(field, user, number), field, digits)
            yield const(person.name), literal_expression(about)

    def _kinds(self) -> Iterator[tuple[Expression, Expression]]:
        for resource in dict.fromkeys(row.resource for row in self.demo.rows):
            alias = resource.package.rpartition(".")[2]
            repository = imported(resource.package, "repository", alias)
            schema = imported(f"{resource.package}.schemas", f"{resource.name}Create")
            made = call(imported(DEMO, "Kind"), attribute(repository, "create"), schema)
            yield const(resource.singular), made

    def _row(self, row: Row) -> Call:
        body = Dictionary(tuple((const(key), self._value(one)) for key, one in row.body.items()))
        above = [Sequence(tuple(map(self._ref, row.above)), "()")] if row.above else []
        kind, by = const(row.resource.singular), const(row.creator.name)
        return call(imported(DEMO, "Row"), kind, by, body, *above)

    def _value(self, value: Any) -> Expression:
        match value:
            case Row():
                return self._ref(value)
            case Person():
                return call(imported(DEMO, "UserRef"), const(value.name))
        return literal_expression(value)

    def _ref(self, row: Row) -> Call:
        kind = [one for one in self.demo.rows if one.resource is row.resource]
        number = kind.index(row)
        more = [const(number)] if number else []
        return call(imported(DEMO, "Ref"), const(row.resource.singular), *more)

    # What moves rows on.

    def _different(self) -> list[Move]:
        """A move for each transition."""
        found = {self._constant(move): move for move in self.demo.moves}
        return list(found.values())

    def _constant(self, move: Move) -> str:
        return f"{move.transition.name}_{move.row.resource.singular}".upper()

    def _transition(self, move: Move) -> Call:
        transitions = _transitions(move.row.resource)
        names = [f"{step}_{move.transition.name}" for step in ("lock_for", "prepare", "carry_out")]
        steps = [attribute(transitions, name) for name in names]
        return call(imported(DEMO, "Transition"), *steps)

    def _move(self, move: Move) -> Call:
        by, row = const(move.person.name), self._ref(move.row)
        return call(imported(DEMO, "Move"), by, row, self._constant(move))


def _transitions(resource: Resource) -> Expression:
    alias = f"{resource.package.rpartition('.')[2]}_transitions"
    return imported(resource.package, "transitions", alias)


def _person(value: Any) -> Person | None:
    return value if isinstance(value, Person) else None

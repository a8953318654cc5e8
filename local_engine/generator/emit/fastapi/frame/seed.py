"""`app/seed.py`: demo data, one row of each kind, made by the repositories themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.emit.fastapi.entities.annotations import literal_expression
from local_engine.generator.emit.fastapi.samples.planned import Person, Row
from local_engine.generator.emit.fastapi.samples.values import as_json, sample
from local_engine.generator.emit.fastapi.samples.world import World
from local_engine.generator.emit.python import (
    NONE,
    Call,
    Dictionary,
    Evaluate,
    Expression,
    Function,
    If,
    Infix,
    Module,
    Name,
    Return,
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

DEMO = "app.rows.demo"


@dataclass(frozen=True)
class Seed:
    """Builds the module."""

    world: World

    def module(self) -> Module:
        """The module."""
        module = Module("app.seed", "Demo data: `python -m app seed`.")
        rows = list(self._rows())
        kind = subscript("dict", "str", subscript("dict", "str", imported("typing", "Any")))
        module.assign("PEOPLE", Dictionary(tuple(self._people(rows))), kind)
        module.define(
            Function(
                "seed",
                (parameter("connection", imported("app.core.db", "Connection")),),
                NONE,
                tuple(self._body(rows)),
                "Fill in one row of each kind; a second run changes nothing.",
                is_async=True,
            )
        )
        return module

    def _rows(self) -> Iterator[Row]:
        """The rows of the demo, each after those that it needs."""
        found: list[Row] = []
        planned = [self.world.row(resource.name) for resource in self.world.resources.own]
        # Planning brings about those who are made members for the sake of a row.
        members = self.world.memberships

        def add(row: Row) -> None:
            if row in found:
                return
            membership = members.get(row.creator.name)
            needed = [*row.above, *row.body.values(), *([membership] if membership else [])]
            for other in needed:
                if isinstance(other, Row):
                    add(other)
            found.append(row)

        for row in planned:
            if row is not None:
                add(row)
        yield from found

    def _people(self, rows: list[Row]) -> Iterator[tuple[Expression, Expression]]:
        """Whoever has a part in the rows, with roles and own fields."""
        fields = self.world.application.entities[USER].fields.values()
        digits = self.world.application.currency_digits
        own = {f.name: as_json(sample(f, 0), f, digits) for f in fields if f.required_on_create}
        acting = [row.creator for row in rows]
        acting += [v for row in rows for v in row.body.values() if isinstance(v, Person)]
        for person in dict.fromkeys(acting):
            about = {"roles": sorted(person.roles), **own}
            yield const(person.name), literal_expression(about)

    def _body(self, rows: list[Row]) -> Iterator[Statement]:
        people = call(
            imported(DEMO, "demo_people"),
            "connection",
            imported("app.profile", "PROFILE"),
            "PEOPLE",
        )
        yield assign("people", await_(people))
        yield If(Infix("is", (Name("people"), NONE)), (Return(),))
        used = {v for row in rows for v in (*row.above, *row.body.values()) if isinstance(v, Row)}
        names: dict[Row, str] = {}
        for row in rows:
            names[row] = _variable(row, names)
            created = await_(self._create(row, names))
            if row in used:
                yield assign(f"{names[row]}, *_", created)
            else:
                yield Evaluate(created)

    def _create(self, row: Row, names: dict[Row, str]) -> Call:
        resource = row.resource
        package = resource.package
        alias = package.rpartition(".")[2]
        body = Dictionary(
            tuple((const(key), _value(value, names)) for key, value in row.body.items())
        )
        model = imported(f"{package}.schemas", f"{resource.name}Create")
        return call(
            attribute(imported(package, "repository", alias), "create"),
            "connection",
            subscript("people", const(row.creator.name)),
            *(Name(names[other]) for other in row.above),
            call(attribute(model, "model_validate"), body),
        )


def _variable(row: Row, names: dict[Row, str]) -> str:
    """The variable with the id of a row."""
    name, number = row.resource.key, 2
    while name in names.values():
        name, number = f"{row.resource.key}_{number}", number + 1
    return name


def _value(value: Any, names: dict[Row, str]) -> Expression:
    if isinstance(value, Row):
        return call("str", names[value])
    if isinstance(value, Person):
        return call("str", attribute(subscript("people", const(value.name)), "id"))
    return literal_expression(value)

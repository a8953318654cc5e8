"""Rows beside a planned one: like it but for a few values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Any

from local_engine.generator.blueprint.resolved import (
    AtMost,
    Check,
    Field,
    LiteralDefault,
    NoOverlap,
    Unique,
)
from local_engine.generator.emit.fastapi.samples.planned import Person, Row
from local_engine.generator.emit.fastapi.samples.scenes import Scene, Unsure
from local_engine.generator.emit.fastapi.samples.values import as_json, candidates
from local_engine.generator.emit.fastapi.samples.violations import (
    empty_interval,
    violations,
)
from local_engine.generator.emit.fastapi.samples.world import World

_MOST_TRIES = 300
_MOST_ROWS = 4


@dataclass(frozen=True)
class Variant:
    """A row like a planned one: who creates it, which values of its body differ."""

    person: Person
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class RuleTrial:
    """How a rule is tried: these are created, the next one is refused, and another is not.

    `alone` tells that the planned row itself is not there. `accepted` is None where none is found.
    """

    rule: str
    status: int
    message: str
    alone: bool
    before: tuple[Variant, ...]
    refused: Variant
    accepted: Variant | None


class Variants:
    """Finds variants of planned rows."""

    def __init__(self, world: World) -> None:
        self.world = world

    def second(self, row: Row) -> Row | None:
        """Another row of the same kind, which can be there beside it; None if there is none."""
        for variant in self._of(row):
            scene = Scene(self.world)
            found = self._add(scene, row, scene.make(row), variant)
            try:
                if variant.person is row.creator and found and not violations(scene, found):
                    body = {**row.body, **self.as_body(row, variant)}
                    return Row(row.resource, row.creator, body, found.values, row.above, True)
            except Unsure:
                continue
        return None

    def as_body(self, row: Row, variant: Variant) -> dict[str, Any]:
        """The changes as JSON."""
        digits, fields = self.world.application.currency_digits, row.resource.entity.fields
        return {
            name: as_json(value, fields[name], digits) for name, value in variant.changes.items()
        }

    def of_rules(self, row: Row) -> Iterator[RuleTrial]:
        """A trial of each rule for which one is found."""
        entity = row.resource.entity
        if entity.upsert or entity.effects:
            return
        for rule in entity.rules:
            match rule:
                case Check(id=name, status=status, message=message, on_create=True):
                    yield from self._trial(row, name, status, message, alone=True)
                case Unique(id=name, message=message) | NoOverlap(id=name, message=message):
                    yield from self._trial(row, name, 409, message, alone=False)
                case AtMost(id=name, message=message):
                    yield from self._trial(row, name, 409, message, alone=False)
        for field in entity.fields.values():
            if field.unique and not field.read_only:
                name = f"{row.resource.singular}.{field.name}.unique"
                yield from self._trial(row, name, 409, f"{field.name} is taken", alone=False)

    def _trial(
        self, row: Row, rule: str, status: int, message: str, *, alone: bool
    ) -> Iterator[RuleTrial]:
        before: list[Variant] = []
        while len(before) < _MOST_ROWS:
            refused = self._first(row, before, {rule}, alone)
            if refused is not None:
                accepted = None if alone else self._first(row, before, set(), alone)
                yield RuleTrial(rule, status, message, alone, tuple(before), refused, accepted)
                return
            further = None if alone else self._first(row, before, set(), alone)
            if further is None:
                return
            before.append(further)

    def _first(
        self, row: Row, before: list[Variant], rules: set[str], alone: bool
    ) -> Variant | None:
        """The first variant that violates just these rules once the others are there."""
        for variant in self._of(row):
            scene = Scene(self.world)
            try:
                like = self._surroundings(scene, row) if alone else scene.make(row)
                for one in before:
                    self._add(scene, row, like, one)
                found = self._add(scene, row, like, variant)
                if found is not None and self._told(row, violations(scene, found)) == rules:
                    return variant
            except Unsure:
                continue
        return None

    def _told(self, row: Row, violated: set[str]) -> set[str]:
        """The violations without those of intervals, where a check stands before them."""
        checked = False
        found = set(violated)
        for rule in row.resource.entity.rules:
            if isinstance(rule, Check):
                checked = checked or rule.id in violated
            elif isinstance(rule, NoOverlap) and checked:
                found.discard(empty_interval(rule))
        return found

    def _surroundings(self, scene: Scene, row: Row) -> Row:
        """The scene's copy of the row, which is not there itself."""
        copy = scene.make(row)
        scene.rows.remove(copy)
        return copy

    def _add(self, scene: Scene, row: Row, like: Row, variant: Variant) -> Row | None:
        """The variant in the scene; None where its creator may not create it."""
        entity = row.resource.entity
        fixed = {name: like.values[name] for name in entity.to_one}
        if entity.owner is not None:
            fixed[entity.owner] = variant.person
        sent = {name: like.values[name] for name in row.body if name in entity.fields}
        values = self.world.completed(entity, {**sent, **variant.changes}, fixed)
        if variant.person is not row.creator:
            targets = [one for one in row.body.values() if isinstance(one, Row)]
            if not all(self.world.admits(variant.person, one, "read") for one in targets):
                return None
        if not self.world.may_create(variant.person, entity, values, like.above):
            return None
        return scene.add(like, values)

    def _of(self, row: Row) -> Iterator[Variant]:
        """Variants with few changes first, by the same creator, then by another one."""
        entity = row.resource.entity
        people = [row.creator]
        if entity.owner is not None and row.creator.name not in self.world.memberships:
            people += [one for one in self.world.people.values() if one.roles and one not in people]
        for person in people:
            for changes in islice(self._changes(row), _MOST_TRIES):
                yield Variant(person, changes)

    def _changes(self, row: Row) -> Iterator[dict[str, Any]]:
        entity = row.resource.entity
        read = self.world.checked_names(entity)
        state = entity.states.field if entity.states else None
        varied = [
            field
            for field in entity.fields.values()
            if (field.name in read or field.unique)
            and not field.read_only
            and field.editable_by is None
            and field.name != state
        ]
        options = {field.name: list(self._options(row, field)) for field in varied}
        for number in range(len(varied) + 1):
            for names in combinations(options, number):
                for values in product(*(options[name] for name in names)):
                    yield dict(zip(names, values, strict=True))

    def _options(self, row: Row, field: Field) -> Iterator[Any]:
        default = field.default.value if isinstance(field.default, LiteralDefault) else None
        for value in candidates(field, 1):
            if value != row.values.get(field.name, default) and not (
                value is None and field.unique
            ):
                yield value

"""Looks for a request with a certain outcome: other values, other rows, other circumstances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from local_engine.generator.blueprint.resolved import USER, Entity, FieldType
from local_engine.verification.model.attempts import Attempt, Slot
from local_engine.verification.model.outcome import Expected
from local_engine.verification.model.relevance import NOTHING, Decisive
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import Invalid, show
from local_engine.verification.world import CannotMake

if TYPE_CHECKING:
    from local_engine.verification.model.maker import Maker

Goal = Callable[[Expected], bool]
Label = tuple[object, ...]


@dataclass(frozen=True)
class Move:
    """`plan` plans something; it gives the attempt to go on with, None if that cannot be planned.

    `label` says what kind of move it is, whichever rows it is about.
    """

    label: Label
    plan: Callable[[], Attempt | None]


Experience = dict[Label, Label]
"""Which kind of move has led to an allowed request, by what kind of request was refused and how."""


VARIANTS = 40
STUCK = 3
ALTERNATIVES = 8
BUDGET = 1500
HOPELESS = frozenset({401, 405})


def succeeds(expected: Expected) -> bool:
    """The request is allowed for certain, as far as the Blueprint has a say in it."""
    return expected.allowed and (expected.certain or expected.free)


def breaks(rule: str, *, alone: bool = True) -> Goal:
    """The request is refused because of this rule (and no other)."""
    if alone:
        return lambda expected: expected.rules == {rule}
    return lambda expected: rule in expected.rules


def _signature(expected: Expected) -> tuple[object, ...]:
    return expected.statuses, expected.rules, expected.fields


@dataclass
class Search:
    """One search: `extra` is what the goal hangs on beside the rules that refusals name.

    With `steady` the actor gets no membership that it does not have.
    """

    maker: Maker
    goal: Goal = succeeds
    extra: Decisive = NOTHING
    steady: bool = False
    left: int = BUDGET

    def find(self, attempt: Attempt, depth: int = 2) -> Attempt | None:
        """An attempt that reaches the goal; what it needs has been added to the plan."""
        expected = self._decide(attempt)
        if self.goal(expected):
            return attempt
        if expected.statuses <= HOPELESS or self._settled(attempt, expected):
            return None
        found = self._as_before(attempt, expected, depth)
        if found is not None:
            return found
        stuck = {_signature(expected): (attempt, expected)}
        for variant in self._variants(attempt, expected):
            if self.left <= 0:
                return None
            outcome = self._decide(variant)
            if self.goal(outcome):
                return variant
            if len(stuck) < STUCK:
                stuck.setdefault(_signature(outcome), (variant, outcome))
        # A variant that meets another obstacle may be nearer to the goal.
        for variant, outcome in stuck.values() if depth else ():
            for move in self._counted_moves(variant, outcome):
                found = self._after(move, depth)
                if found is not None:
                    self._remember(attempt, expected, depth, move)
                    return found
        return None

    def _after(self, move: Move, depth: int) -> Attempt | None:
        mark = self.maker.sketch.mark()
        moved = move.plan() if self.left > 0 else None
        if moved is not None:
            found = self.find(moved, depth - 1)
            if found is not None:
                return found
        self.maker.sketch.back_to(mark)
        return None

    def _as_before(self, attempt: Attempt, expected: Expected, depth: int) -> Attempt | None:
        """What the move leads to that has helped such a request before."""
        label = self.maker.experience.get(self._kind(attempt, expected, depth))
        if label is None:
            return None
        alike = (one for one in self._counted_moves(attempt, expected) if one.label == label)
        move = next(alike, None)
        return self._after(move, depth) if move else None

    def _counted_moves(self, attempt: Attempt, expected: Expected) -> Iterator[Move]:
        """The moves, each with a label of its own: those alike are numbered."""
        counts = Counter[Label]()
        for move in self._moves(attempt, expected):
            yield Move((*move.label, counts[move.label]), move.plan)
            counts[move.label] += 1

    def _remember(self, attempt: Attempt, expected: Expected, depth: int, move: Move) -> None:
        if self.goal is succeeds:
            self.maker.experience[self._kind(attempt, expected, depth)] = move.label

    def _kind(self, attempt: Attempt, expected: Expected, depth: int) -> Label:
        return depth, attempt.method, attempt.about, attempt.fixed, _signature(expected)

    def _decide(self, attempt: Attempt) -> Expected:
        self.left -= 1
        return self.maker.sketch.decide(attempt.request())

    def _decisive(self, expected: Expected) -> Decisive:
        return self.maker.relevance.of(expected.rules) | self.extra

    def _settled(self, attempt: Attempt, expected: Expected) -> bool:
        """Whether there is such a row already, and nothing may vary that would make another."""
        free = {slot.name for slot in attempt.free()}
        unique = self.maker.relevance.unique
        return any(rule in unique and not unique[rule] & free for rule in expected.rules)

    def _in_play(self, attempt: Attempt, expected: Expected) -> list[Slot]:
        names = self._decisive(expected).names()
        wrong = {field.split("/")[0] for field in expected.fields}
        chosen = [slot for slot in attempt.free() if slot.name in names or slot.key in wrong]
        return chosen or [slot for slot in attempt.free() if slot.entity]

    def _variants(self, attempt: Attempt, expected: Expected) -> Iterator[Attempt]:
        """The same request with other values and other rows."""
        slots = self._in_play(attempt, expected)
        for slot in slots:
            if slot.optional and slot.key in attempt.body:
                yield attempt.without(slot.key)
        references = [slot for slot in slots if slot.entity]
        for slot in references:
            for id_ in self._alternatives(slot):
                yield attempt.having(**{slot.key: id_})
        values = [slot for slot in slots if slot.declared or slot.columns]
        if not values and len(references) < 2:
            return
        random = self.maker.candidates.random
        for _ in range(VARIANTS):
            variant = attempt
            for slot in references:
                ids = self._alternatives(slot)
                if len(references) > 1 and ids and random.random() < 0.6:
                    variant = variant.having(**{slot.key: random.choice(ids)})
            for slot in values:
                try:
                    value = self.maker.value(attempt, slot)
                except Invalid:
                    continue
                variant = variant.having(**{slot.key: value})
            free = {slot.key for slot in attempt.free()}
            yield variant.having(
                **self.maker.candidates.fitted(attempt.about, dict(variant.body), free)
            )

    def _alternatives(self, slot: Slot) -> list[str]:
        """Rows that the slot may name: the newest first."""
        rows = list(self.maker.sketch.model.store.rows(slot.entity))
        newest = sorted(rows, key=lambda row: -row.sequence)
        limit = len(newest) if slot.entity == USER else ALTERNATIVES
        return [row.id for row in newest[:limit]]

    def _moves(self, attempt: Attempt, expected: Expected) -> Iterator[Move]:
        """Requests that might change the circumstances, the likely ones first."""
        decisive = self._decisive(expected)
        names = decisive.names()
        rows = self._reach(attempt, decisive)
        slots = [one for one in self._in_play(attempt, expected) if one.entity not in ("", USER)]
        for slot in slots:
            for values in self._related(slot, decisive, rows):
                yield self._new_row(slot, attempt, values)
        yield from self._memberships(attempt, rows)
        for kind in (self._children, self._transitions, self._changes):
            for row in rows:
                yield from kind(attempt, self.maker.application.entities[row.entity], row, names)
        for slot in slots:
            yield self._new_row(slot, attempt, {})
            yield self._new_row(slot, attempt, {}, by_another=True)

    def _reach(self, attempt: Attempt, decisive: Decisive) -> list[Row]:
        """The rows that the request names, those they lead to, and those the paths lead to."""
        view = self.maker.sketch.model.view
        found: dict[tuple[str, str], Row] = {}
        waiting = [row for row in (attempt.row, *self._named(attempt)) if row is not None]
        roots = list(waiting)
        for _ in range(3):
            following: list[Row] = []
            for row in waiting:
                if row.entity == USER or row.key in found:
                    continue
                found[row.key] = row
                entity = self.maker.application.entities[row.entity]
                following += [
                    other for name in entity.to_one if (other := view.get(row, name)) is not None
                ]
            waiting = following
        for path in sorted(decisive.paths):
            for row in roots:
                for other in self._along(row, path):
                    found.setdefault(other.key, other)
        return list(found.values())

    def _along(self, row: Row, path: tuple[str, ...]) -> Iterator[Row]:
        """The rows on a path, to-many relations included."""
        view = self.maker.sketch.model.view
        rows = [row]
        for name in path:
            following: list[Row] = []
            for one in rows:
                entity = self.maker.application.entities[one.entity]
                if name in entity.to_many:
                    following += list(view.children(one, name))[:3]
                elif name in entity.to_one and entity.to_one[name].to != USER:
                    other = view.get(one, name)
                    following += [other] if other is not None else []
            yield from following
            rows = following

    def _named(self, attempt: Attempt) -> Iterator[Row]:
        for slot in attempt.slots:
            id_ = attempt.body.get(slot.key) if slot.entity else None
            row = self.maker.sketch.model.store.find(slot.entity, id_) if id_ else None
            if row is not None:
                yield row

    def _memberships(self, attempt: Attempt, rows: list[Row]) -> Iterator[Move]:
        tenancy = self.maker.application.tenancy
        for row in rows:
            members = self.maker.application.entities[row.entity].members
            # A tenant has members of each role already, and others rely on their roles.
            if self.steady or members is None or (tenancy and row.entity == tenancy.tenant):
                continue
            for role in (None, *members.roles):
                yield Move(("join", row.entity, role), partial(self._joined, attempt, row, role))

    def _joined(self, attempt: Attempt, row: Row, role: str | None) -> Attempt | None:
        return attempt if self.maker.join(attempt.actor, row, role) else None

    def _transitions(
        self, attempt: Attempt, entity: Entity, row: Row, names: set[str]
    ) -> Iterator[Move]:
        if entity.states is None or entity.states.field not in names:
            return
        for name, declared in entity.states.transitions.items():
            if row.values.get(entity.states.field) in declared.sources:
                label = ("transition", row.entity, name)
                yield Move(label, partial(self._made, attempt, row, name))

    def _made(self, attempt: Attempt, row: Row, name: str) -> Attempt | None:
        return attempt if self.maker.transition(row, name, depth=1) else None

    def _children(
        self, attempt: Attempt, entity: Entity, row: Row, names: set[str]
    ) -> Iterator[Move]:
        for name, many in entity.to_many.items():
            if name in names:
                values = {many.inverse: row.id}
                label = ("child", many.of, many.inverse)
                yield Move(label, partial(self._given, attempt, many.of, values))

    def _given(self, attempt: Attempt, entity: str, values: dict[str, str]) -> Attempt | None:
        return attempt if self.maker.try_make(entity, values, attempt.actor) else None

    def _changes(
        self, attempt: Attempt, entity: Entity, row: Row, names: set[str]
    ) -> Iterator[Move]:
        for name, declared in entity.fields.items():
            if name not in names or declared.read_only or declared.immutable:
                continue
            if declared.type is FieldType.FILE:
                continue
            for value in self.maker.values_for(entity.name, declared, row.values.get(name)):
                if value != show(declared, row.values.get(name)):
                    label = ("change", row.entity, name)
                    yield Move(label, partial(self._changed, attempt, row, {name: value}))

    def _changed(self, attempt: Attempt, row: Row, values: dict[str, Any]) -> Attempt | None:
        return attempt if self.maker.change(row, values) else None

    def _related(self, slot: Slot, decisive: Decisive, rows: list[Row]) -> Iterator[dict[str, str]]:
        """Relations that a new row for the slot might have to rows which are there already."""
        entity = self.maker.application.entities[slot.entity]
        for path in sorted(decisive.paths):
            relation = entity.to_one.get(path[1]) if path[0] == slot.name and path[1:] else None
            for row in rows if relation else ():
                if relation and row.entity == relation.to:
                    yield {relation.name: row.id}

    def _new_row(
        self, slot: Slot, attempt: Attempt, values: dict[str, str], *, by_another: bool = False
    ) -> Move:
        def make() -> Attempt | None:
            author = self.maker.another(attempt.actor) if by_another else attempt.actor
            try:
                row = self.maker.make(slot.entity, values, author, slot.where)
            except CannotMake:
                return None
            return attempt.having(**{slot.key: row.id})

        return Move(("new", slot.key, *values, by_another), make)

"""Stories: how a row gets into a state, and what comes of an action on it then.

A story is told of planned rows and played in a scene; only what the scene is sure of is told on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.resolved import (
    Access,
    EditableWhile,
    Effect,
    InputField,
    LiteralDefault,
    Member,
    Operation,
    RefAccess,
    RefInput,
    Requirement,
    RowsInput,
    Transition,
    ValueInput,
)
from local_engine.generator.emit.fastapi.samples.planned import Person, Row
from local_engine.generator.emit.fastapi.samples.scenes import Scene, Unsure
from local_engine.generator.emit.fastapi.samples.values import as_json, sample
from local_engine.generator.emit.fastapi.samples.variants import Variants
from local_engine.generator.emit.fastapi.samples.violations import violations
from local_engine.generator.emit.fastapi.samples.world import World

_MOST_STEPS = 6


@dataclass(frozen=True)
class Made:
    """A planned row is made."""

    row: Row


@dataclass(frozen=True)
class Act:
    """Somebody asks for a transition of a planned row, or for an operation (`row` is None then).

    `body` is JSON; where it refers to a row, the planned row stands in place of its id. `values`
    are the same inputs as expressions see them.
    """

    person: Person
    row: Row | None
    action: Transition | Operation
    body: Mapping[str, Any]
    values: Mapping[str, Any]


Step = Made | Act


@dataclass(frozen=True)
class Refusal:
    """The status and the rule that an action is refused with."""

    status: int
    rule: str


@dataclass(frozen=True)
class Story:
    """What happens first, the action, and what comes of it; None: it succeeds."""

    before: tuple[Step, ...]
    act: Act
    refusal: Refusal | None


class Stories:
    """Finds the stories of transitions and operations. `seconds` are the rows told of beside those
    that are planned, by the planned ones."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seconds: dict[Row, Row] = {}
        self._variants = Variants(world)

    def play(self, steps: tuple[Step, ...]) -> Scene:
        """The scene after the steps. Raises Unsure where one of them may fail."""
        scene = Scene(self.world)
        for step in steps:
            if isinstance(step, Made):
                scene.make(step.row)
                if violations(scene):
                    raise Unsure(step.row.resource.name)
            elif self.outcome(scene, step) is not None:
                raise Unsure(step.action.name)
        return scene

    def outcome(self, scene: Scene, act: Act) -> Refusal | None:
        """What comes of an action, which is carried out in the scene. Raises Unsure."""
        row = None if act.row is None else scene.make(act.row)
        inputs = {name: _in_scene(scene, value) for name, value in act.values.items()}
        names: dict[str, Any] = {k: v for k, v in inputs.items() if isinstance(v, Row)}
        if row is not None:
            known = row.resource.entity
            names = {k: v for k, v in names.items() if k not in {*known.fields, *known.to_one}}
            names["row"] = row
        names["input"] = inputs
        asked = act.action.requirements
        first = [one for one in asked if one.status == 422]
        refusal = self._unmet(scene, first, row, names, act.person)
        if refusal is None and isinstance(act.action, Transition) and row is not None:
            states = row.resource.entity.states
            if states is not None and row.values[states.field] not in act.action.sources:
                return Refusal(409, f"{row.resource.singular}.{states.field}")
        rest = [one for one in asked if one.status != 422]
        refusal = refusal or self._unmet(scene, rest, row, names, act.person)
        return refusal or self._effects(scene, act, row, names)

    def _effects(
        self, scene: Scene, act: Act, row: Row | None, names: dict[str, Any]
    ) -> Refusal | None:
        if isinstance(act.action, Transition) and row is not None:
            states = row.resource.entity.states
            assert states is not None
            row.values[states.field] = act.action.target
            if any(one.on == states.field for one in row.resource.entity.effects):
                raise Unsure(act.action.name)
        for effect in act.action.effects:
            self._effect(scene, effect, row, names, act.person)
            broken = violations(scene)
            if len(broken) > 1:
                raise Unsure(act.action.name)
            for rule in broken:
                return Refusal(409, rule)
        if violations(scene):
            raise Unsure(act.action.name)
        return None

    def _effect(
        self, scene: Scene, effect: Effect, row: Row | None, names: dict[str, Any], person: Person
    ) -> None:
        scene.run((effect,), row, names, person)

    def _unmet(
        self,
        scene: Scene,
        requirements: list[Requirement],
        row: Row | None,
        names: Mapping[str, Any],
        person: Person,
    ) -> Refusal | None:
        for one in requirements:
            if not scene.known(one.expression, row, names, person):
                return Refusal(one.status, one.id)
        return None

    # Transitions.

    def of_transition(self, row: Row, name: str) -> Iterator[Story]:
        """Stories of a transition: where it succeeds, and each way that it is refused."""
        states = row.resource.entity.states
        assert states is not None
        transition = states.transitions[name]
        told: set[Refusal | None] = set()
        for before in self._ways(row):
            act = self._transition(before, row, transition)
            if act is None:
                continue
            try:
                refusal = self.outcome(self.play(before), act)
            except Unsure:
                continue
            if refusal not in told:
                told.add(refusal)
                yield Story(before, act, refusal)

    def _transition(self, before: tuple[Step, ...], row: Row, transition: Transition) -> Act | None:
        try:
            scene = self.play(before)
            return self._act(scene, row, transition, transition.access)
        except Unsure:
            return None

    def _ways(self, row: Row) -> list[tuple[Step, ...]]:
        """Ways to make the row, and to bring it to each of its states, the shortest first."""
        states = row.resource.entity.states
        starts: list[tuple[Step, ...]] = [(Made(row),)]
        for many in row.resource.entity.to_many.values():
            part = self.world.row(many.of)
            if part is not None and part.values.get(many.inverse) is row:
                starts.append((Made(row), Made(part)))
        found = list(starts)
        reached: set[tuple[int, str]] = set()
        for way in found:
            if states is None or len(way) > _MOST_STEPS:
                break
            for transition in states.transitions.values():
                act = self._transition(way, row, transition)
                if act is None:
                    continue
                try:
                    failed = self.outcome(self.play(way), act)
                except Unsure:
                    continue
                mark = (sum(isinstance(step, Made) for step in way), transition.target)
                if failed is None and mark not in reached:
                    reached.add(mark)
                    found.append((*way, act))
        return found

    def locked(self, row: Row, rule: EditableWhile) -> tuple[tuple[Step, ...], Person] | None:
        """How the row gets to where it must not be changed any more, and who tries it then."""
        for before in self._ways(row):
            try:
                scene = self.play(before)
                here = scene.make(row)
                if not scene.known(rule.expression, here):
                    for person in self.world.people.values():
                        if all(self.world.admits(person, here, a) for a in ("read", "update")):
                            return before, person
            except Unsure:
                continue
        return None

    # Operations.

    def of_operation(self, operation: Operation) -> Iterator[Story]:
        """Stories of an operation."""
        row = None if operation.on is None else self.world.row(operation.on)
        if operation.on is not None and row is None:
            return
        told: set[Refusal | None] = set()
        for before in self._ways_to(row, operation):
            for apart in (True, False):
                story = self._operation(before, row, operation, apart)
                if story is not None and story.refusal not in told:
                    told.add(story.refusal)
                    yield story

    def _ways_to(self, row: Row | None, operation: Operation) -> Iterator[tuple[Step, ...]]:
        """What may come before an operation; without a row: nothing, or another operation."""
        if row is not None:
            yield from self._ways(row)
            return
        yield ()
        for other in self.world.application.operations.values():
            if other.on is None and not other.code and other is not operation:
                story = self._operation((), None, other)
                if story is not None and story.refusal is None:
                    yield (story.act,)

    def _operation(
        self,
        before: tuple[Step, ...],
        row: Row | None,
        operation: Operation,
        apart: bool = True,
    ) -> Story | None:
        try:
            act = self._act(self.play(before), row, operation, operation.access, apart)
            return None if act is None else Story(before, act, self.outcome(self.play(before), act))
        except Unsure:
            return None

    # Who asks, and with what.

    def _act(
        self,
        scene: Scene,
        row: Row | None,
        action: Transition | Operation,
        access: Access,
        apart: bool = True,
    ) -> Act | None:
        for person in self._people(access):
            if row is not None:
                present = scene.make(row)
                reads = self.world.admits(person, present, "read")
                if not reads or not self.world.admitted_by(access, person, present):
                    continue
            elif not self.world.admitted_by(access, person, None):
                continue
            values: dict[str, Any] = {}
            for one in action.inputs:
                values[one.name] = self._value(one, person, list(values.values()), apart)
            body: dict[str, Any] = {}
            for one in action.inputs:
                body.update(self._sent(one, values[one.name]))
            return Act(person, row, action, body, values)
        return None

    def _people(self, access: Access) -> Iterator[Person]:
        yield from list(self.world.people.values())
        for clause in access.clauses:
            if isinstance(clause.actor, Member) and clause.actor.role is not None:
                person = self.world.member(clause.actor)
                if person is not None:
                    yield person

    def _value(self, one: InputField, person: Person, others: list[Any], apart: bool) -> Any:
        match one:
            case ValueInput(field=field):
                if field.required_on_create:
                    return sample(field, 0)
                return field.default.value if isinstance(field.default, LiteralDefault) else None
            case RefInput(optional=True):
                return None
            case RefInput():
                return self._referred(one, person, others, apart)
            case RowsInput():
                return [
                    {part.name: self._value(part, person, others, apart) for part in one.columns}
                ]

    def _referred(self, one: RefInput, person: Person, others: list[Any], apart: bool) -> Row:
        """A row that the person may refer to, if possible another one than other inputs do."""
        row = self.world.row(one.entity)
        if row is None:
            raise Unsure(one.name)
        if apart and row in others:
            row = self._second(row)
        if one.access is RefAccess.OWNER:
            owner = row.resource.entity.owner
            if owner is None or row.values.get(owner) is not person:
                raise Unsure(one.name)
        elif one.access is RefAccess.READ and not self.world.admits(person, row, "read"):
            raise Unsure(one.name)
        return row

    def _second(self, row: Row) -> Row:
        if row not in self.seconds:
            second = self._variants.second(row)
            if second is None:
                raise Unsure(row.name)
            self.seconds[row] = second
        return self.seconds[row]

    def _sent(self, one: InputField, value: Any) -> Iterator[tuple[str, Any]]:
        match one:
            case ValueInput(field=field):
                if field.required_on_create:
                    yield one.name, as_json(value, field, self.world.application.currency_digits)
            case RefInput():
                if value is not None:
                    yield f"{one.name}_id", value
            case RowsInput():
                yield (
                    one.name,
                    [
                        dict(
                            pair
                            for part in one.columns
                            for pair in self._sent(part, row[part.name])
                        )
                        for row in value
                    ],
                )


def _in_scene(scene: Scene, value: Any) -> Any:
    """The inputs with the scene's rows in place of planned ones, which are made."""
    match value:
        case Row():
            return scene.make(value)
        case list():
            return [_in_scene(scene, one) for one in value]
        case dict():
            return {name: _in_scene(scene, one) for name, one in value.items()}
    return value

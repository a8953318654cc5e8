"""Which expressions decide about a refusal, and which names they read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import (
    Access,
    Adjust,
    Application,
    AtMost,
    Check,
    Each,
    EditableWhile,
    Effect,
    Entity,
    Field,
    FieldType,
    NoOverlap,
    Requirement,
    Rule,
    Unique,
)
from local_engine.verification.model.rules import never_below_id, rules_of
from local_engine.verification.routes import snake

Path = tuple[str, ...]


@dataclass(frozen=True)
class Decisive:
    """What a refusal hangs on: paths that were read, from the row that the request is about."""

    paths: frozenset[Path] = frozenset()

    def __or__(self, other: Decisive) -> Decisive:
        return Decisive(self.paths | other.paths)

    def names(self) -> set[str]:
        """All names on the paths."""
        return {name for path in self.paths for name in path}


NOTHING = Decisive()


@dataclass
class Relevance:
    """Knows, for each rule's id, what the rule reads; `unique` has the names of unique rules."""

    application: Application
    by_rule: dict[str, Decisive] = field(default_factory=dict)
    unique: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entity in self.application.entities.values():
            self._add_entity(entity)
        for operation in self.application.operations.values():
            self._add_requirements(operation.requirements)
            self._add_effects(operation.effects)

    def _add_entity(self, entity: Entity) -> None:
        for rule in rules_of(entity):
            self._add(rule.id, _rule_paths(rule))
            if isinstance(rule, Unique):
                self.unique[rule.id] = frozenset(rule.names)
        for name, declared in entity.fields.items():
            if declared.never_below is not None:
                self._add(never_below_id(entity, name), {(name,), *_derived_paths(entity, name)})
        for transition in entity.states.transitions.values() if entity.states else ():
            self._add_requirements(transition.requirements)
            self._add_effects(transition.effects)
        for effect in entity.effects:
            self._add_effects(effect.effects)

    def _add_requirements(self, requirements: Iterable[Requirement]) -> None:
        for requirement in requirements:
            self._add(requirement.id, requirement.expression.paths())

    def _add_effects(self, effects: Iterable[Effect], base: Path = ()) -> None:
        for effect in effects:
            if isinstance(effect, Each):
                self._add_effects(effect.effects, effect.source)
            elif isinstance(effect, Adjust):
                # A loop's name stands for its source: line.product.stock is lines.product.stock.
                target = (*base, *effect.target[1:]) if base else effect.target
                paths = {(*target, effect.field)}
                paths |= {(*base, *path[1:]) if base else path for path in effect.amount.paths()}
                for limit in ("min", "max"):
                    self._add(f"{snake(effect.entity)}.{effect.field}.{limit}", paths)

    def _add(self, id_: str, paths: Iterable[Path]) -> None:
        self.by_rule[id_] = self.by_rule.get(id_, NOTHING) | Decisive(frozenset(paths))

    def of(self, rules: Iterable[str]) -> Decisive:
        """What these rules read."""
        found = NOTHING
        for id_ in rules:
            found |= self.by_rule.get(id_, NOTHING)
        return found


def of_access(access: Access) -> Decisive:
    """What the conditions of an access read."""
    paths = [clause.condition.paths() for clause in access.clauses if clause.condition]
    return Decisive(frozenset().union(*paths))


def of_expressions(expressions: Iterable[Expression]) -> Decisive:
    """What expressions read."""
    return Decisive(frozenset().union(*(expression.paths() for expression in expressions)))


def _rule_paths(rule: Rule) -> set[Path]:
    match rule:
        case Check() | EditableWhile():
            return set(rule.expression.paths())
        case Unique():
            return {(name,) for name in rule.names} | _where(rule.where)
        case AtMost():
            limit = set() if isinstance(rule.limit, int) else set(rule.limit.paths())
            limits = {path if path[0] in rule.per else (*rule.per, *path) for path in limit}
            return {(name,) for name in rule.per} | _where(rule.where) | limits
        case NoOverlap():
            names = {(name,) for name in (rule.start, rule.end, *rule.per)}
            return names | _where(rule.where)


def _where(where: Expression | None) -> set[Path]:
    return set(where.paths()) if where else set()


def _derived_paths(entity: Entity, name: str) -> set[Path]:
    derived = entity.fields[name].derived
    if derived is None:
        return set()
    values = [part for part in (derived.value, derived.where) if part is not None]
    inner = {path for value in values for path in value.paths()}
    return {(derived.many,), *((derived.many, *path) for path in inner)}


def intervals(application: Application) -> dict[str, tuple[Field, Field]]:
    """The fields with which the intervals of an entity begin and end."""
    return {
        entity.name: (entity.fields[rule.start], entity.fields[rule.end])
        for entity in application.own_entities
        for rule in entity.rules
        if isinstance(rule, NoOverlap) and entity.fields[rule.end].type in _TIMES
    }


_TIMES = (FieldType.DATE, FieldType.DATETIME)


def plentiful(application: Application) -> frozenset[tuple[str, str]]:
    """Fields (entity, name) that effects take from, or that say how many there may be."""
    found: set[tuple[str, str]] = set()

    def take(effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Each):
                take(effect.effects)
            elif isinstance(effect, Adjust) and effect.decrease:
                found.add((effect.entity, effect.field))

    for entity in application.entities.values():
        for transition in entity.states.transitions.values() if entity.states else ():
            take(transition.effects)
        for following in entity.effects:
            take(following.effects)
        for rule in entity.rules:
            if isinstance(rule, AtMost) and not isinstance(rule.limit, int):
                place = entity.to_one[rule.per[0]].to
                found |= {(place, path[-1]) for path in rule.limit.paths()}
    for operation in application.operations.values():
        take(operation.effects)
    return frozenset(found)

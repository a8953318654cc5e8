"""Which rows an action locks before it looks at anything, so that races have one outcome.

Rows are locked in the order of their table and then of their ids, so that two actions that meet in
the same rows wait for one another instead of for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import (
    Adjust,
    Assignment,
    CreateRow,
    DeleteRow,
    Each,
    Effect,
    RefInput,
    Requirement,
    SetField,
)
from local_engine.generator.emit.fastapi.actions.scene import Path, Scene
from local_engine.generator.emit.fastapi.entities.statements import block
from local_engine.generator.emit.python import (
    Evaluate,
    Module,
    Statement,
    TextBlock,
    await_,
    call,
    imported,
)


@dataclass
class Locks:
    """Collects the ids of rows by entity, as SQL."""

    scene: Scene
    ids: dict[str, dict[str, None]] = field(default_factory=dict)
    _unknown: set[str] = field(default_factory=set)

    def collect(self, requirements: Iterable[Requirement], effects: Iterable[Effect]) -> None:
        """Note what the requirements read and the effects write."""
        requirements, effects = tuple(requirements), tuple(effects)
        for given in self.scene.inputs:
            if isinstance(given, RefInput) and any(
                _reads(requirement.expression, given.name) for requirement in requirements
            ):
                self._add(given.entity, self.scene.row_id(("input", given.name)))
        for effect in effects:
            self._effect(effect)

    def statements(self) -> Iterator[str]:
        """One locking statement for each table, in the order of the tables."""
        entities = self.scene.application.entities
        for name in sorted(self.ids, key=lambda name: entities[name].table):
            table = self.scene.names.tables.table(name)
            sources = list(self.ids[name])
            condition = "\n   OR ".join(f"{table}.id {source}" for source in sources)
            yield (
                f"SELECT {table}.id\nFROM {table}\nWHERE {condition}\n"
                f"ORDER BY {table}.id\nFOR NO KEY UPDATE OF {table}"
            )

    def run(self, module: Module, prefix: str) -> Iterator[Statement]:
        """The statements as constants of the module, and the code that runs them."""
        for number, sql in enumerate(self.statements(), 1):
            name = f"{prefix}_LOCK" + (f"_{number}" if number > 1 else "")
            module.assign(name, TextBlock(block(sql)))
            execute = imported("app.core.db", "execute")
            yield Evaluate(await_(call(execute, "connection", name, "names")))

    def _add(self, entity: str, key: str) -> None:
        self.ids.setdefault(entity, {})[f"= {key}"] = None

    def _effect(self, effect: Effect) -> None:
        match effect:
            case CreateRow(entity, binding, values):
                self._parents(entity, values)
                if binding is not None:
                    self._unknown.add(binding)
            case SetField(target, entity) | Adjust(target, entity) | DeleteRow(target, entity):
                if target and target[0] not in self._unknown:
                    self._add(entity, self.scene.row_id(target))
            case Each():
                self._each(effect)
            case _:
                pass

    def _parents(self, entity: str, values: tuple[Assignment, ...]) -> None:
        """Rows that keep a sum or a count over the new row are changed by it."""
        made = self.scene.application.entities[entity]
        for assignment in values:
            relation = made.to_one.get(assignment.name)
            if relation is None or not self._keeps_count(relation.to, entity):
                continue
            if not any(path[0] in self._unknown for path in assignment.value.paths()):
                self._add(relation.to, self.scene.value(assignment.value))

    def _keeps_count(self, parent: str, child: str) -> bool:
        above = self.scene.application.entities[parent]
        return any(
            described.derived is not None and above.to_many[described.derived.many].of == child
            for described in above.fields.values()
        )

    def _each(self, each: Each) -> None:
        """Rows beyond those of a loop: one subquery finds them all."""
        if each.entity is None:
            self._unknown.add(each.binding)
            return
        children = self.scene.children(each.source)
        for effect in each.effects:
            if not isinstance(effect, SetField | Adjust | DeleteRow):
                continue
            if effect.target[:1] == (each.binding,):
                beyond: Path = effect.target[1:]
                key = children.row.column(beyond or ("id",))
                source = f"IN (SELECT {key} FROM {children.source} WHERE {children.condition})"
                self.ids.setdefault(effect.entity, {})[source] = None
        self._unknown.add(each.binding)


def _reads(expression: Expression, name: str) -> bool:
    return any(path[0] == name or path[:2] == ("input", name) for path in expression.paths())

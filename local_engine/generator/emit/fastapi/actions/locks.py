"""Which rows an action locks before it looks at anything, so that races have one outcome.

What the requirements read is locked from the action's row outwards, so that each lock is taken on
rows that the locks before it have made sure of; then come the rows that the effects write. Among
rows of one distance the order is that of their tables and then of their ids, so that two actions
that meet in the same rows wait for one another instead of for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import (
    USER,
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
from local_engine.generator.emit.fastapi.actions.reads import Read, Reads
from local_engine.generator.emit.fastapi.actions.scene import OWN_ID, Path, Scene
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


class Strength(IntEnum):
    """How rows are locked; each includes those before it."""

    READ = 0
    """They stay as they are."""
    WRITE = 1
    """They are about to be changed."""
    PARENT = 2
    """No row comes to belong to them: its foreign key has to wait."""

    @property
    def sql(self) -> str:
        """The locking clause."""
        return ("FOR SHARE", "FOR NO KEY UPDATE", "FOR UPDATE")[self]


def own_row_lock(scene: Scene, requirements: Iterable[Requirement]) -> str:
    """How the row that an action is about is locked."""
    strength = max(
        (
            Strength.PARENT
            for requirement in requirements
            for read in Reads(scene, requirement.expression)
            if read.as_parent and _is_own(scene, read)
        ),
        default=Strength.WRITE,
    )
    return strength.sql


def _is_own(scene: Scene, read: Read) -> bool:
    return scene.own is not None and read.entity == scene.own.name and read.ids == f"= {OWN_ID}"


@dataclass
class Locks:
    """Collects the ids of rows by their distance and entity, as SQL."""

    scene: Scene
    _ids: dict[tuple[int, str], dict[str, Strength]] = field(default_factory=dict)
    _unknown: set[str] = field(default_factory=set)
    _distance: int = 0

    def collect(self, requirements: Iterable[Requirement], effects: Iterable[Effect]) -> None:
        """Note what the requirements read and the effects write."""
        for requirement in requirements:
            self._requirement(requirement)
        farthest = max((distance for distance, _ in self._ids), default=0)
        self._distance = farthest + 1 if farthest else 0
        for effect in effects:
            self._effect(effect)

    def statements(self) -> Iterator[tuple[str, str]]:
        """One locking statement for each distance and table, in this order, with the table."""
        entities = self.scene.application.entities
        for distance, name in sorted(self._ids, key=lambda key: (key[0], entities[key[1]].table)):
            table = self.scene.names.tables.table(name)
            sources = self._ids[distance, name]
            condition = "\n   OR ".join(f"{table}.id {source}" for source in sources)
            sql = (
                f"SELECT {table}.id\nFROM {table}\nWHERE {condition}\n"
                f"ORDER BY {table}.id\n{max(sources.values()).sql} OF {table}"
            )
            yield entities[name].table, sql

    def run(self, module: Module, prefix: str) -> Iterator[Statement]:
        """The statements as constants of the module, and the code that runs them."""
        seen: dict[str, int] = {}
        for table, sql in self.statements():
            number = seen[table] = seen.get(table, 0) + 1
            name = f"{prefix}_LOCK_{table.upper()}" + (f"_{number}" if number > 1 else "")
            module.assign(name, TextBlock(block(sql)))
            execute = imported("app.core.db", "execute")
            yield Evaluate(await_(call(execute, "connection", name, "names")))

    def _add(self, entity: str, ids: str, distance: int, strength: Strength) -> None:
        """Note rows; where they are there already, nearer or as near, that lock gets stronger."""
        for (near, name), known in self._ids.items():
            if name == entity and near <= distance and ids in known:
                known[ids] = max(known[ids], strength)
                return
        self._ids.setdefault((distance, entity), {})[ids] = strength

    def _requirement(self, requirement: Requirement) -> None:
        for given in self.scene.inputs:
            if isinstance(given, RefInput) and _reads(requirement.expression, given.name):
                key = self.scene.row_id(("input", given.name))
                self._add(given.entity, f"= {key}", 0, Strength.WRITE)
        for read in sorted(Reads(self.scene, requirement.expression), key=lambda one: one.depth):
            if not self._stays(read) and not _is_own(self.scene, read):
                strength = Strength.PARENT if read.as_parent else Strength.READ
                self._add(read.entity, read.ids, read.depth, strength)

    def _stays(self, read: Read) -> bool:
        """Whether nothing that matters can change: the own fields of users decide nothing else."""
        fixed = self.scene.application.entities[read.entity].append_only and not read.as_parent
        return fixed or read.entity == USER

    def _write(self, entity: str, ids: str) -> None:
        self._add(entity, ids, self._distance, Strength.WRITE)

    def _effect(self, effect: Effect) -> None:
        match effect:
            case CreateRow(entity, binding, values):
                self._parents(entity, values)
                if binding is not None:
                    self._unknown.add(binding)
            case SetField(target, entity) | Adjust(target, entity) | DeleteRow(target, entity):
                if target and target[0] not in self._unknown:
                    self._write(entity, f"= {self.scene.row_id(target)}")
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
                self._write(relation.to, f"= {self.scene.value(assignment.value)}")

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
                self._write(effect.entity, source)
        self._unknown.add(each.binding)


def _reads(expression: Expression, name: str) -> bool:
    return any(path[0] == name or path[:2] == ("input", name) for path in expression.paths())

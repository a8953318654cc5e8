"""`consequences`: from one Blueprint to another, what changes in words, files, tables and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from local_engine.generator.blueprint import Difference, Document, Problem, differences
from local_engine.generator.emit import FileTree, emit
from local_engine.generator.emit.relational import called_by, schema_of
from local_engine.generator.emit.relational.migration import (
    Migration,
    MigrationRefused,
    Risk,
    migration_between,
    renames_between,
    risks_between,
    roles_gone,
)

_MIGRATIONS = "migrations/"


@dataclass(frozen=True)
class FileChange:
    """A generated file that comes, goes or changes; `path` is its place in the project."""

    path: str
    change: Literal["added", "changed", "removed"]


@dataclass(frozen=True)
class Consequences:
    """What a change of the Blueprint brings with it.

    `files` are those of the generator without the migrations, which only a project can number.
    `migration` is empty where no table changes, and None where there is no safe way to one:
    `refusals` say why then. `risks` are the rows concerned.
    """

    changes: tuple[Difference, ...]
    files: tuple[FileChange, ...]
    migration: Migration | None
    refusals: tuple[str, ...]
    risks: tuple[Risk, ...]
    warnings: tuple[Problem, ...]

    @property
    def loses_data(self) -> bool:
        """Whether rows or values are gone for good."""
        return any(risk.kind.loses for risk in self.risks)


def consequences(before: Document, after: Document) -> Consequences:
    """What leads from one valid document to another. Raises BlueprintErrors for one with problems.

    The warnings are those that `after` has and `before` has not.
    """
    old, new = before.application, after.application
    trees = emit(old, before.text), emit(new, after.text)
    there, needed = map(called_by, trees)
    schema = schema_of(old, there)
    schemas = schema, schema_of(new, {*schema.functions, *needed})
    renames = renames_between(old, new)
    migration: Migration | None = None
    refusals: tuple[str, ...] = ()
    try:
        migration = migration_between(*schemas, renames, allow_drop=True)
    except MigrationRefused as refusal:
        refusals = refusal.reasons
    known = {(warning.path, warning.message) for warning in before.warnings}
    return Consequences(
        changes=tuple(differences(before.blueprint, after.blueprint)),
        files=_files(*trees),
        migration=migration,
        refusals=refusals,
        risks=(*risks_between(*schemas, renames), *roles_gone(old, new, renames)),
        warnings=tuple(one for one in after.warnings if (one.path, one.message) not in known),
    )


def consequences_of_text(before: Document, text: str) -> Consequences:
    """The same for a text that was edited by hand. Raises BlueprintErrors with the lines in it."""
    return consequences(before, Document(text, before.filename))


def _files(old: FileTree, new: FileTree) -> tuple[FileChange, ...]:
    found = []
    for path in sorted({*old, *new}):
        if path.startswith(_MIGRATIONS) or old.get(path) == new.get(path):
            continue
        if path not in old:
            found.append(FileChange(path, "added"))
        else:
            found.append(FileChange(path, "changed" if path in new else "removed"))
    return tuple(found)

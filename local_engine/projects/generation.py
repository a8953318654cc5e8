"""From a Blueprint to the files of a project folder, new or generated before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local_engine.generator.blueprint import Document, load
from local_engine.generator.emit import emit
from local_engine.generator.emit.relational import schema_of
from local_engine.generator.emit.relational.migration import (
    Migration,
    migration_between,
    renames_between,
)
from local_engine.projects.folder import ProjectFolder, WriteResult

INITIAL = "migrations/0002_initial"
_NUMBER = re.compile(r"migrations/(\d{4})_")


@dataclass(frozen=True)
class Generation:
    """What generating did: the files, and the migration if the tables changed."""

    files: WriteResult
    migration: str | None
    warnings: tuple[str, ...] = ()


def generate(document: Document, folder: ProjectFolder, *, allow_drop: bool = False) -> Generation:
    """Write the project of a Blueprint into `folder`, keeping what a person changed there.

    Migrations that are there stay as they are: a change of the tables becomes one more, made from
    the difference to the Blueprint that the present code came from. Raises MigrationRefused when
    that would lose data and `allow_drop` is not set.
    """
    tree = dict(emit(document.application, document.text))
    base = folder.base_blueprint()
    present = folder.migrations()
    if base is None or not any(name.startswith(INITIAL) for name in present):
        return Generation(folder.write(tree, blueprint_text=document.text), None)
    tree = {name: content for name, content in tree.items() if not name.startswith(INITIAL)}
    tree |= {name: content for name, content in present.items() if name not in tree}
    migration = change(base, document, allow_drop=allow_drop)
    name = None
    if migration.up.strip():
        name = f"migrations/{_next_number(present):04d}_{_title(migration)}"
        tree[f"{name}.up.sql"] = migration.up.encode()
        tree[f"{name}.down.sql"] = migration.down.encode()
    result = folder.write(tree, blueprint_text=document.text)
    return Generation(result, name, migration.warnings)


def change(base: str, document: Document, *, allow_drop: bool = False) -> Migration:
    """The migration from the tables of the Blueprint text `base` to those of `document`."""
    before = load(base).application
    return migration_between(
        schema_of(before),
        schema_of(document.application),
        renames_between(before, document.application),
        allow_drop=allow_drop,
    )


def _next_number(present: dict[str, bytes]) -> int:
    numbers = [int(match[1]) for name in present if (match := _NUMBER.match(name))]
    return max(numbers, default=0) + 1


def _title(migration: Migration) -> str:
    """A short name for the file: the first thing that the migration does."""
    words = re.findall(r"[a-z_]+", migration.up.lower().partition(";")[0])
    kept = [word for word in words if word not in {"table", "if", "not", "exists", "only"}]
    return "_".join(kept[:4])[:40] or "change"

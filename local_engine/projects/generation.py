"""From a Blueprint to the files of a project folder, new or generated before."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    tree = _with_history(tree, present)
    migration = change(base, document, allow_drop=allow_drop)
    name = None
    if migration.up.strip():
        numbered = [path for path in tree if _NUMBER.match(path)]
        name = f"migrations/{_next_number(numbered):04d}_{migration.title or 'change'}"
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


def _with_history(tree: dict[str, bytes], present: dict[str, bytes]) -> dict[str, bytes]:
    """The tree with the migrations that the project has; fixed ones that are new come after them.

    The tables themselves change by a migration of their own, so the initial one is left out.
    """
    known = {_title(name) for name in present}
    found = {name: content for name, content in tree.items() if not _NUMBER.match(name)} | present
    fixed = [name for name in sorted(tree) if _NUMBER.match(name) and _title(name) not in known]
    numbers: dict[str, int] = {}
    for name in fixed:
        title, _, way = _title(name).partition(".")
        numbers.setdefault(title, _next_number(present) + len(numbers))
        found[f"migrations/{numbers[title]:04d}_{title}.{way}"] = tree[name]
    return found


def _title(name: str) -> str:
    """A migration's name without its number: `queue.up.sql`."""
    return _NUMBER.sub("", name)


def _next_number(names: Iterable[str]) -> int:
    numbers = [int(match[1]) for name in names if (match := _NUMBER.match(name))]
    return max(numbers, default=0) + 1

"""From a Blueprint to the files of a project, new or generated before.

Migrations are history: those that are there stay as they are, and a change of the tables is one
more, made from the difference to the Blueprint that the present code came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local_engine.generator.blueprint import Document
from local_engine.generator.blueprint.expressions.sql_functions import SqlFunction
from local_engine.generator.emit import emit
from local_engine.generator.emit.relational import called_by, created_by, schema_of
from local_engine.generator.emit.relational.migration import (
    Migration,
    migration_between,
    renames_between,
)

BLUEPRINT_FILE = "blueprint.yaml"
_NUMBER = re.compile(r"migrations/(\d{4})_")
_INITIAL = "migrations/0002_initial"


@dataclass(frozen=True)
class Generated:
    """What the generator makes of a Blueprint: all files, and the migration if tables changed."""

    contents: Mapping[str, bytes]
    migration: str | None = None
    warnings: tuple[str, ...] = ()


def generated_anew(document: Document) -> Generated:
    """The files of a project that begins. Raises BlueprintErrors."""
    return Generated(dict(emit(document.application, document.text)))


def generated_after(
    document: Document,
    base: Document,
    earlier: Mapping[str, bytes],
    taken: Iterable[str],
    *,
    allow_drop: bool = False,
) -> Generated:
    """The files of a project whose code came from the Blueprint `base`.

    `earlier` are the migrations that were generated so far, `taken` the paths of all that there
    are: no number is used twice. Raises MigrationRefused when the change would lose data and
    `allow_drop` is not set, and BlueprintErrors.
    """
    contents = dict(emit(document.application, document.text))
    if not any(name.startswith(_INITIAL) for name in earlier):
        return Generated(contents)
    contents = _with_history(contents, earlier, taken)
    there, needed = created_by(earlier.values()), called_by(contents)
    migration = _migration(base, document, there, needed, allow_drop=allow_drop)
    if not migration.up.strip():
        return Generated(contents, None, migration.warnings)
    number = _next_number([*contents, *taken])
    name = f"migrations/{number:04d}_{migration.title or 'change'}"
    contents[f"{name}.up.sql"] = migration.up.encode()
    contents[f"{name}.down.sql"] = migration.down.encode()
    return Generated(contents, name, migration.warnings)


def change(base: Document, document: Document, *, allow_drop: bool = False) -> Migration:
    """The migration from the tables of one Blueprint to those of another."""
    there, needed = (called_by(emit(one.application, one.text)) for one in (base, document))
    return _migration(base, document, there, needed, allow_drop=allow_drop)


def _migration(
    base: Document,
    document: Document,
    there: frozenset[SqlFunction],
    needed: frozenset[SqlFunction],
    *,
    allow_drop: bool,
) -> Migration:
    """The migration to a project whose code calls `needed` functions, where `there` are some.

    What is called no more stays: code that was written by hand may call it.
    """
    before = schema_of(base.application, there)
    return migration_between(
        before,
        schema_of(document.application, {*before.functions, *needed}),
        renames_between(base.application, document.application),
        allow_drop=allow_drop,
    )


def is_migration(path: str) -> bool:
    """Whether a file is one of the numbered migrations."""
    return _NUMBER.match(path) is not None


def _with_history(
    contents: dict[str, bytes], earlier: Mapping[str, bytes], taken: Iterable[str]
) -> dict[str, bytes]:
    """The files with the migrations that there are; fixed ones that are new come after them.

    The tables themselves change by a migration of their own, so the initial one is left out.
    """
    known = {_title(name) for name in earlier}
    found = {name: content for name, content in contents.items() if not is_migration(name)}
    found |= earlier
    fixed = [name for name in sorted(contents) if is_migration(name) and _title(name) not in known]
    first = _next_number([*earlier, *taken])
    numbers: dict[str, int] = {}
    for name in fixed:
        title, _, way = _title(name).partition(".")
        numbers.setdefault(title, first + len(numbers))
        found[f"migrations/{numbers[title]:04d}_{title}.{way}"] = contents[name]
    return found


def _title(name: str) -> str:
    """A migration's name without its number: `queue.up.sql`."""
    return _NUMBER.sub("", name)


def _next_number(names: Iterable[str]) -> int:
    numbers = [int(match[1]) for name in names if (match := _NUMBER.match(name))]
    return max(numbers, default=0) + 1

"""What differs between two versions: the Blueprint in words, the files, the migration."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from local_engine.generator.blueprint import BlueprintErrors, Document, differences
from local_engine.generator.emit.relational.migration import Migration, MigrationRefused
from local_engine.projects.blueprints import Blueprints
from local_engine.projects.generation import BLUEPRINT_FILE, change
from local_engine.projects.repository import Repository
from local_engine.projects.trees import Entry, changed_paths
from local_engine.projects.versions import Version
from local_engine.projects.writer import Writer

_LARGEST_SHOWN = 1_000_000


@dataclass(frozen=True)
class Comparison:
    """`changes` are the Blueprint's, in words; `unreadable` says why they cannot be told."""

    changes: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    migration: Migration | None
    unreadable: str | None = None


def compare(repository: Repository, old: Version | None, new: Version) -> Comparison:
    """From one version (None: from nothing) to another."""
    before, after = repository.files(old.tree if old else None), repository.files(new.tree)
    paths = changed_paths(before, after)
    changes: tuple[str, ...] = ()
    migration, unreadable = None, None
    if old is not None and before.get(BLUEPRINT_FILE) != after.get(BLUEPRINT_FILE):
        try:
            one, other = map(Blueprints(repository).of, (before, after))
            changes = tuple(map(str, differences(one.blueprint, other.blueprint)))
            migration = change(one, other, allow_drop=True)
        except (BlueprintErrors, UnicodeDecodeError, KeyError, MigrationRefused) as error:
            unreadable = f"the Blueprint of one version cannot be read: {error}"
    return Comparison(
        changes,
        tuple(path for path in paths if path not in before),
        tuple(path for path in paths if path not in after),
        tuple(path for path in paths if path in before and path in after),
        migration if migration is not None and migration.up.strip() else None,
        unreadable,
    )


def text_difference(
    repository: Repository, path: str, before: Entry | None, after: Entry | None
) -> str:
    """A file's change as a unified diff, or one sentence where that cannot be shown."""
    sides = [repository.content(entry.id) if entry else b"" for entry in (before, after)]
    if any(b"\0" in side or len(side) > _LARGEST_SHOWN for side in sides):
        return f"{path}: not text, or too long to be shown\n"
    one, other = (side.decode(errors="replace").splitlines(keepends=True) for side in sides)
    return "".join(difflib.unified_diff(one, other, f"a/{path}", f"b/{path}"))


def title_of_change(writer: Writer, document: Document) -> str:
    """What a generation changes, in a few words."""
    base = writer.generated
    if base is None:
        return "Generated from the Blueprint"
    try:
        before = writer.blueprints.at(base).blueprint
        changes = [str(one) for one in differences(before, document.blueprint)]
    except (BlueprintErrors, UnicodeDecodeError):
        return "Generated from the Blueprint"
    if not changes:
        return "Generated from the Blueprint"
    more = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
    return f"{changes[0]}{more}"

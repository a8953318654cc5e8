"""Which snapshot belongs to which version, and which may go."""

from __future__ import annotations

from local_engine.generator.blueprint import BlueprintErrors
from local_engine.projects.generation import BLUEPRINT_FILE, document_of, is_migration
from local_engine.projects.repository import Repository
from local_engine.projects.versions import Version, Versions
from local_engine.projects.writer import Writer
from local_engine.runtime.snapshots import Applied, Script, Snapshot
from local_engine.runtime.snapshots.scripts import scripts_of

UNKNOWN = "unknown"
"""The version of a snapshot that fits none."""


def migrations_of(repository: Repository, tree: bytes) -> tuple[Script, ...]:
    """The migrations in a tree."""
    files = repository.files(tree)  # type: ignore[arg-type]
    return scripts_of(
        {path: repository.content(entry.id) for path, entry in files.items() if is_migration(path)}
    )


def table_names(repository: Repository, version: Version) -> dict[str, str]:
    """What the entities are called whose rows the tables hold; none for a broken Blueprint."""
    entry = repository.files(version.tree).get(BLUEPRINT_FILE)
    try:
        entities = document_of(repository.content(entry.id)).application.entities if entry else {}
    except (BlueprintErrors, UnicodeDecodeError):
        return {}
    return {entity.table: name for name, entity in entities.items()}


def adopt_new(writer: Writer) -> None:
    """Let versions refer to the snapshots that were made before migrations, then keep to bounds.

    A migration is applied when the project runs, which knows nothing of versions: what it stored
    belongs to the newest version that has just the migrations of the snapshot.
    """
    files = writer.repository.snapshots
    found = files.all()
    for snapshot in reversed(found):
        if snapshot.version is None and snapshot.reason == "migration":
            version = _version_with(writer, snapshot.migrations)
            if version is not None:
                writer.edit_record(version, snapshot=snapshot.id)
            files.belongs(snapshot, UNKNOWN if version is None else version.id)
    if found:
        files.make_room(in_use(writer.versions) | {files.owed or ""})


def in_use(versions: Versions) -> set[str]:
    """The ids of all snapshots that a version refers to."""
    return {record.snapshot for record in versions.all_records() if record.snapshot is not None}


def described(versions: Versions, snapshots: list[Snapshot]) -> list[tuple[Snapshot, bool]]:
    """Each snapshot with whether a version refers to it."""
    used = in_use(versions)
    return [(snapshot, snapshot.id in used) for snapshot in snapshots]


def _version_with(writer: Writer, migrations: tuple[Applied, ...]) -> Version | None:
    trees: dict[bytes, bool] = {}
    for version in writer.versions.line(writer.head):
        if version.tree not in trees:
            scripts = migrations_of(writer.repository, version.tree)
            trees[version.tree] = tuple(script.applied for script in scripts) == migrations
        if trees[version.tree]:
            return version
    return None

"""Which snapshot belongs to which version, and which may go."""

from __future__ import annotations

from local_engine.generator.blueprint import BlueprintErrors
from local_engine.projects.blueprints import document_of
from local_engine.projects.generation import BLUEPRINT_FILE, is_migration
from local_engine.projects.repository import Repository
from local_engine.projects.snapshots import Where
from local_engine.projects.versions import Version, Versions
from local_engine.projects.writer import Writer
from local_engine.runtime.snapshots import Applied, Script, Snapshot, SnapshotFiles
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


def files_of(repository: Repository, where: Where) -> SnapshotFiles:
    """The snapshots of one of a project's databases."""
    return repository.deployed_snapshots if where == "docker" else repository.snapshots


class Kept:
    """What is kept of one of a project's databases, and with which versions.

    A version's record names the snapshot of its preview's data; one of its deployment's data names
    the version itself.
    """

    def __init__(self, writer: Writer, where: Where) -> None:
        self._writer = writer
        self._is_deployed = where == "docker"
        self.files = files_of(writer.repository, where)

    def with_version(self, version: Version) -> Snapshot | None:
        """The snapshot that comes back with a version, if it is there (still)."""
        if self._is_deployed:
            return self.files.of_version(version.id)
        return self.files.find(version.record.snapshot)

    def named(self, snapshot: Snapshot) -> str | None:
        """What the record of the version says that a snapshot is to come back with."""
        return None if self._is_deployed else snapshot.id

    def give(self, snapshot: Snapshot, version: Version) -> tuple[Snapshot, Version]:
        """Let a snapshot come back with a version; both as they are then."""
        if not self._is_deployed:
            version = self._writer.edit_record(version, snapshot=snapshot.id)
        return self.files.belongs(snapshot, version.id), version

    def live_on(self, version: Version, snapshot: str | None) -> None:
        """A version whose snapshot has come back has none any more: its data lives again.

        One that somebody asked for stays. A record's snapshot goes in the step itself.
        """
        found = self.files.find(snapshot)
        if not self._is_deployed or found is None or found.reason == "asked":
            return
        if found.version == version.id:
            self.files.belongs(found, UNKNOWN)

    def adopt_new(self) -> None:
        """Give snapshots that were made before migrations to versions, then keep to bounds.

        A migration is applied when the project runs, which knows nothing of versions: what it
        stored belongs to the newest version that has just the migrations of the snapshot.
        """
        found = self.files.all()
        for snapshot in reversed(found):
            if snapshot.version is None and snapshot.reason == "migration":
                version = _version_with(self._writer, snapshot.migrations)
                if version is None:
                    self.files.belongs(snapshot, UNKNOWN)
                else:
                    self.give(snapshot, version)
        if found:
            self.files.make_room(self._needed() | {self.files.owed or ""})

    def _needed(self) -> set[str]:
        if not self._is_deployed:
            return in_use(self._writer.versions)
        newest = {one.version: one.id for one in reversed(self.files.all())}
        return {id_ for version, id_ in newest.items() if version not in (None, UNKNOWN)}


def adopt_new(writer: Writer) -> None:
    """Let versions refer to the snapshots that were made since, of both databases."""
    Kept(writer, "preview").adopt_new()
    Kept(writer, "docker").adopt_new()


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

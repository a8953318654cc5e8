"""Random sequences of changes and rows: no row that was added goes without having been asked."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from held_database import ServerData, run
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from projects import NOTES, RENAMED, STARRED, assert_sound, notes_project

from local_engine.generator.blueprint import load
from local_engine.generator.emit.relational.migration import MigrationRefused
from local_engine.projects import Data, NewerData, NothingToUndo, Project
from local_engine.runtime.postgres import Database, PostgresServer

BLUEPRINTS = {"notes": NOTES, "starred": STARRED, "renamed": RENAMED}
AGREED = st.booleans()
_numbers = count(1)


def table_in(database: Database) -> str:
    """What the table of notes is called in a database; a snapshot lists no table without rows."""
    names = "SELECT relname FROM pg_class WHERE relname IN ('notes', 'memos') AND relkind = 'r'"
    return str(run(database, names)[0][0])


class DataStates(RuleBasedStateMachine):
    """A project that runs now and then.

    `added` are the titles of all rows that there ever were. `drops` tells that the next start may
    run a migration that drops a table, which was agreed to.
    """

    server: PostgresServer

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="states-"))
        self.project: Project = notes_project(self.place / "project")
        self.data = ServerData(self.server, f"states_{next(_numbers)}")
        self.data.run_project(self.project.folder)
        self.data.rows(
            "INSERT INTO users (id, email, password_hash) VALUES (uuidv7(), 'a@b.c', 'x')"
        )
        self.added: set[str] = set()
        self.drops = False

    @property
    def table(self) -> str:
        """What the table is called now: the database may be behind the code or, never, ahead."""
        return table_in(self.data.database)

    def titles(self) -> set[str]:
        return {str(row[0]) for row in self.data.rows(f"SELECT title FROM {self.table}")}

    def going(self, agreed: bool) -> Data:
        return Data(self.data, replace=agreed)

    @contextlib.contextmanager
    def nothing_lost(self, agreed: bool) -> Iterator[None]:
        """The block may take rows away only where that was agreed to."""
        before = self.titles()
        refused = False
        try:
            yield
        except NewerData:
            refused = True
        except NothingToUndo:
            pass
        after = self.titles()
        assert not (refused and agreed), "asked although it was agreed to"
        if refused:
            assert after == before, "refused, and yet changed"
        if not agreed:
            assert before <= after, f"rows went without a question: {before - after}"

    @rule()
    def add(self) -> None:
        title = f"t{next(_numbers)}"
        self.data.rows(
            f"INSERT INTO {self.table} (title, author_id) SELECT '{title}', id FROM users"
        )
        self.added.add(title)

    @rule(name=st.sampled_from(sorted(BLUEPRINTS)), drop=AGREED)
    def generate(self, name: str, drop: bool) -> None:
        """The migration that drops a table is asked about here, and runs at the next start."""
        document = load(BLUEPRINTS[name])
        with self.nothing_lost(agreed=False):
            try:
                self.project.generate(document)
            except MigrationRefused:
                if drop:
                    self.project.generate(document, allow_drop=True)
                    self.drops = True

    @rule()
    def start(self) -> None:
        with self.nothing_lost(agreed=self.drops):
            self.data.run_project(self.project.folder)
        self.drops = False

    @rule()
    def edit(self) -> None:
        (self.project.folder / "mine.txt").write_text(f"{next(_numbers)}\n")

    @rule(agreed=AGREED)
    def undo(self, agreed: bool) -> None:
        with self.nothing_lost(agreed):
            self.project.undo(self.going(agreed))

    @rule(agreed=AGREED)
    def redo(self, agreed: bool) -> None:
        with self.nothing_lost(agreed):
            self.project.redo(self.going(agreed))

    @precondition(lambda self: self.project.branch == "main")
    @rule()
    def try_out(self) -> None:
        self.project.try_out(f"trial-{next(_numbers)}")

    @precondition(lambda self: self.project.branch != "main")
    @rule(agreed=AGREED)
    def discard(self, agreed: bool) -> None:
        with self.nothing_lost(agreed):
            self.project.discard(self.going(agreed))

    def teardown(self) -> None:
        try:
            self.data.run_project(self.project.folder)
            self.project.notice()
            found = self.titles() | self.stored()
            assert self.added <= found, f"nowhere any more: {self.added - found}"
            assert_sound(self.project.folder)
        finally:
            self.server.drop_database(self.data.name)
            shutil.rmtree(self.place)

    def stored(self) -> set[str]:
        """The titles in all snapshots that a version refers to."""
        found = set()
        with self.data.open(self.project.folder) as held:
            for snapshot in self.project.snapshots():
                if not snapshot.rows:
                    continue
                with held._loaded("then", snapshot, self.data.name) as name:
                    other = ServerData(self.server, name)
                    titles = f"SELECT title FROM {table_in(other.database)}"
                    found |= {str(row[0]) for row in run(other.database, titles)}
        return found


def check(server: PostgresServer, examples: int, steps: int) -> None:
    if not server.running:
        server.start()
    DataStates.server = server
    chosen = settings(
        deadline=None,
        max_examples=examples,
        stateful_step_count=steps,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(DataStates, settings=chosen)


def test_random_sequences_with_data(postgres_server: PostgresServer) -> None:
    check(postgres_server, 4, 8)


@pytest.mark.full
def test_many_random_sequences_with_data(postgres_server: PostgresServer) -> None:
    check(postgres_server, 60, 15)

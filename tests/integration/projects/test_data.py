"""The data goes back and forth with the code, on a real database; nothing goes unasked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from held_database import ServerData
from projects import NOTES, RENAMED, STARRED, assert_sound, edit_blueprint, notes_project

from local_engine.projects import Cause, Data, NewerData, Project, journal
from local_engine.runtime.postgres import PostgresServer
from local_engine.runtime.snapshots import SnapshotError

_numbers = count(1)


@pytest.fixture
def server(postgres_server: PostgresServer) -> PostgresServer:
    if not postgres_server.running:
        postgres_server.start()
    return postgres_server


@pytest.fixture(params=["preview", pytest.param("docker", marks=pytest.mark.full)])
def data(server: PostgresServer, request: pytest.FixtureRequest) -> Iterator[ServerData]:
    """Of a preview, or kept as a deployment's is."""
    name = f"project_{next(_numbers)}"
    yield ServerData(server, name, request.param)
    server.drop_database(name)


@pytest.fixture
def project(tmp_path: Path, data: ServerData) -> Project:
    """Notes that ran, with one user and one note."""
    project = notes_project(tmp_path / "notes")
    data.run_project(project.folder)
    data.rows("INSERT INTO users (id, email, password_hash) VALUES (uuidv7(), 'a@b.c', 'x')")
    add(data, "first")
    return project


def add(data: ServerData, title: str, table: str = "notes") -> None:
    data.rows(f"INSERT INTO {table} (title, author_id) SELECT '{title}', id FROM users")


def titles(data: ServerData, table: str = "notes") -> list[object]:
    return [row[0] for row in data.rows(f"SELECT title FROM {table} ORDER BY created_at")]


def starred(project: Project, data: ServerData) -> None:
    """A generation with a migration, and a run."""
    project.generate(edit_blueprint(project, STARRED))
    data.run_project(project.folder)


def has_stars(data: ServerData) -> bool:
    query = "SELECT 1 FROM information_schema.columns WHERE table_name = 'notes'"
    return bool(data.rows(f"{query} AND column_name = 'stars'"))


def test_before_a_migration_the_data_is_kept_with_the_version_that_is_left(
    project: Project, data: ServerData
) -> None:
    first = project.head()
    starred(project, data)
    (snapshot,) = project.snapshots(data.where)
    assert (snapshot.reason, snapshot.rows) == ("migration", {"notes": 1, "users": 1})
    project.recover()
    named = snapshot.id if data.where == "preview" else None
    assert project.find(first.id).record.snapshot == named
    assert project.snapshots(data.where)[0].version == first.id
    assert project.head().record.snapshot is None


def test_an_empty_database_needs_no_snapshot(tmp_path: Path, data: ServerData) -> None:
    project = notes_project(tmp_path / "notes")
    data.run_project(project.folder)
    starred(project, data)
    assert project.snapshots(data.where) == []


def test_undo_and_redo_of_a_migration_take_the_data_along(
    project: Project, data: ServerData
) -> None:
    starred(project, data)
    data.rows("SELECT 1")
    project.undo(Data(data))
    assert (has_stars(data), titles(data)) == (False, ["first"])
    data.run_project(project.folder)
    project.redo(Data(data))
    assert (has_stars(data), titles(data)) == (True, ["first"])
    data.run_project(project.folder)
    assert [v.record.cause for v in project.history(limit=3).versions] == [
        Cause.REDO,
        Cause.UNDO,
        Cause.EDIT,
    ]
    assert_sound(project.folder)


def test_undo_asks_before_newer_data_goes_and_keeps_it_as_a_version(
    project: Project, data: ServerData
) -> None:
    starred(project, data)
    add(data, "second")
    data.rows("UPDATE notes SET stars = 5 WHERE title = 'first'")
    before = project.head()
    with pytest.raises(NewerData, match="newer data would be replaced: 2 rows of Note") as asked:
        project.undo(Data(data))
    assert asked.value.rows == {"notes": 2}
    assert "--replace-data" in asked.value.hint
    assert (project.head(), titles(data), data.rests) == (before, ["first", "second"], 0)
    project.undo(Data(data, replace=True))
    assert titles(data) == ["first"]
    kept = [v for v in project.history().versions if v.record.cause is Cause.DATA]
    assert [v.record.title for v in kept] == ["Data before going back: 2 rows of Note"]
    project.redo(Data(data))
    assert (has_stars(data), titles(data)) == (True, ["first", "second"])
    assert data.rows("SELECT stars FROM notes WHERE title = 'first'") == [(5,)]


def test_undo_after_redo_finds_the_data_as_it_was_left(project: Project, data: ServerData) -> None:
    starred(project, data)
    project.undo(Data(data))
    add(data, "in the old one")
    with pytest.raises(NewerData, match="1 row of Note"):
        project.redo(Data(data))
    project.redo(Data(data, replace=True))
    assert titles(data) == ["first"]
    project.undo(Data(data))
    assert titles(data) == ["first", "in the old one"]


def test_undo_of_code_alone_leaves_the_data_and_asks_nothing(
    project: Project, data: ServerData
) -> None:
    starred(project, data)
    (project.folder / "mine.txt").write_text("mine\n")
    project.notice()
    add(data, "second")
    project.undo(Data(data))
    assert (has_stars(data), titles(data)) == (True, ["first", "second"])
    add(data, "third")
    project.redo(Data(data))
    assert titles(data) == ["first", "second", "third"]
    assert (data.rests, data.followed) == (0, 2)


def test_a_data_state_once_left_is_not_brought_back_when_only_code_is_undone(
    project: Project, data: ServerData
) -> None:
    starred(project, data)
    project.undo(Data(data))
    project.redo(Data(data))
    add(data, "second")
    (project.folder / "mine.txt").write_text("mine\n")
    project.notice()
    project.undo(Data(data))
    assert titles(data) == ["first", "second"]


def test_a_rename_makes_nothing_newer(project: Project, data: ServerData) -> None:
    project.generate(edit_blueprint(project, RENAMED))
    data.run_project(project.folder)
    assert titles(data, "memos") == ["first"]
    project.undo(Data(data))
    assert titles(data) == ["first"]
    project.redo(Data(data))
    assert titles(data, "memos") == ["first"]


def test_a_version_that_never_ran_gets_the_nearest_data_before_it(
    project: Project, data: ServerData
) -> None:
    project.generate(edit_blueprint(project, STARRED))
    longer = STARRED.replace("max: 80}", "max: 80}\n      extra: {type: string, optional: true}")
    project.generate(edit_blueprint(project, longer))
    data.run_project(project.folder)
    project.undo(Data(data))
    assert (has_stars(data), titles(data)) == (False, ["first"])
    data.run_project(project.folder)
    assert has_stars(data)


def test_without_a_snapshot_the_data_is_taken_back_by_the_migrations_own_way(
    project: Project, data: ServerData
) -> None:
    starred(project, data)
    for snapshot in project.snapshots(data.where):
        project.remove_snapshot(snapshot.id, data.where)
    add(data, "second")
    with pytest.raises(NewerData, match="2 rows of Note"):  # their stars would go
        project.undo(Data(data))
    assert project.snapshots(data.where) == []
    project.undo(Data(data, replace=True))
    assert (has_stars(data), titles(data)) == (False, ["first", "second"])
    data.run_project(project.folder)


def test_a_damaged_snapshot_changes_nothing(project: Project, data: ServerData) -> None:
    starred(project, data)
    file = next((project.folder / ".git/backend-generator").rglob("*.dump"))
    file.write_bytes(file.read_bytes()[:-1])
    before = project.head()
    for replace in (False, True):
        with pytest.raises(SnapshotError, match="damaged"):
            project.undo(Data(data, replace=replace))
    assert (project.head(), has_stars(data)) == (before, True)


def test_a_database_that_is_gone_comes_back(project: Project, data: ServerData) -> None:
    starred(project, data)
    data.server.drop_database(data.name)
    project.undo(Data(data))
    assert titles(data) == ["first"]


def test_restoring_any_version_brings_its_data(project: Project, data: ServerData) -> None:
    snapshot = project.make_snapshot(data)
    first = project.find(snapshot.version or "")
    starred(project, data)
    add(data, "second")
    with pytest.raises(NewerData):
        project.go_back(first, Data(data))
    project.go_back(project.find(first.id), Data(data, replace=True))
    assert (has_stars(data), titles(data)) == (False, ["first"])
    project.undo(Data(data))
    assert (has_stars(data), titles(data)) == (True, ["first", "second"])


def test_what_was_cut_short_is_carried_out_by_whoever_comes_next(
    project: Project, data: ServerData, monkeypatch: pytest.MonkeyPatch
) -> None:
    starred(project, data)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("local_engine.runtime.snapshots.held.HeldDatabase.restore", killed)
        with pytest.raises(KeyboardInterrupt):
            project.undo(Data(data))
    assert has_stars(data)
    data.run_project(project.folder)
    assert (has_stars(data), titles(data)) == (False, ["first"])
    add(data, "second")
    data.run_project(project.folder)
    assert titles(data) == ["first", "second"], "it was carried out twice"


def test_what_was_cut_short_before_it_counted_is_not_carried_out(
    project: Project, data: ServerData, monkeypatch: pytest.MonkeyPatch
) -> None:
    starred(project, data)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(journal, "write_down", killed)
        with pytest.raises(KeyboardInterrupt):
            project.undo(Data(data))
    data.run_project(project.folder)
    assert has_stars(data)


def test_a_trial_gives_the_data_back_when_it_is_discarded(
    project: Project, data: ServerData
) -> None:
    project.try_out("stars")
    starred(project, data)
    add(data, "tried")
    with pytest.raises(NewerData, match="1 row of Note"):
        project.discard(Data(data))
    assert project.branch == "try/stars"
    project.discard(Data(data, replace=True))
    assert (has_stars(data), titles(data)) == (False, ["first"])
    data.run_project(project.folder)
    add(data, "second")
    (item,) = project.given_up()
    with pytest.raises(NewerData, match="1 row of Note"):
        project.have_back(item, Data(data))
    project.have_back(item, Data(data, replace=True))
    assert (has_stars(data), titles(data)) == (True, ["first", "tried"])
    data.run_project(project.folder)
    assert_sound(project.folder)


def test_after_a_discarded_trial_the_main_lines_data_lives_on(
    project: Project, data: ServerData
) -> None:
    project.try_out("stars")
    starred(project, data)
    project.discard(Data(data))
    add(data, "second")
    (project.folder / "mine.txt").write_text("mine\n")
    project.notice()
    project.undo(Data(data))
    assert titles(data) == ["first", "second"]


def test_two_lines_that_parted_are_asked_about(project: Project, data: ServerData) -> None:
    project.try_out("stars")
    starred(project, data)
    project.discard(Data(data))
    longer = NOTES.replace("max: 80}", "max: 80}\n      extra: {type: string, optional: true}")
    project.generate(edit_blueprint(project, longer))
    data.run_project(project.folder)
    (item,) = project.given_up()
    add(data, "second")
    with pytest.raises(NewerData, match="1 row of Note"):
        project.have_back(item, Data(data))

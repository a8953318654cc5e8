"""The data of a deployment with the project's versions, on the real engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_line import run
from killing import eventually
from projects import STARRED, edit_blueprint, notes_project

from local_engine.cli.errors import ExitCode
from local_engine.jobs.kinds.deploy import deployment_data
from local_engine.projects import Cause, Data, NewerData
from local_engine.runtime.docker import managing
from local_engine.runtime.docker.deploying import Facts, Wish, deploy
from local_engine.runtime.docker.deployment import Deployment, is_worked_on
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.labels import Part
from local_engine.runtime.docker.place import DeploymentPlace, Journal
from local_engine.runtime.docker.sweeping import sweep
from local_engine.runtime.docker.watching.sql import psql
from local_engine.runtime.postgres import PostgresError
from local_engine.runtime.readiness import is_ready
from local_engine.runtime.snapshots import SnapshotError
from local_engine.runtime.snapshots.held import HeldDatabase

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker


class Notes:
    """A deployed project with one user and one note."""

    def __init__(self, engine: APIClient, folder: Path) -> None:
        self.engine = engine
        self.project = notes_project(folder)
        self.deploy()
        self.sql("INSERT INTO users (id, email, password_hash) VALUES (uuidv7(), 'a@b.c', 'x')")
        self.add("first")

    @property
    def deployment(self) -> Deployment:
        return managing.find_deployment(self.engine, self.project.folder)

    def deploy(self, *, worked_on: bool = False) -> Deployment:
        facts = Facts(self.project.head().id)
        return deploy(Wish(self.project.folder, lambda: facts, worked_on=worked_on))

    def sql(self, statement: str) -> str:
        code, said, complaints = psql(self.engine, self.deployment, statement)
        assert code == 0, complaints
        return said

    def add(self, title: str) -> None:
        self.sql(f"INSERT INTO notes (title, author_id) SELECT '{title}', id FROM users")

    def titles(self) -> list[str]:
        return self.sql("COPY (SELECT title FROM notes ORDER BY created_at) TO STDOUT").split()

    def has_stars(self) -> bool:
        query = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'notes'"
        return self.sql(f"COPY ({query} AND column_name = 'stars') TO STDOUT") == "1\n"

    def change(self, text: str) -> None:
        self.project.generate(edit_blueprint(self.project, text))

    def assert_runs(self, version: str) -> None:
        found = self.deployment
        assert (found.status, found.version) == ("running", version)
        assert set(found.parts) == {Part.DATABASE, Part.SERVICE, Part.PROXY}
        # What a failed deploy has replaced was started again a moment ago.
        assert eventually(lambda: is_ready(found.port or 0), 30)
        assert list(DeploymentPlace.unfinished()) == []


@pytest.fixture
def notes(engine: APIClient, tmp_path: Path) -> Iterator[Notes]:
    made = Notes(engine, tmp_path / "notes")
    yield made
    managing.remove(made.project.folder, data=True)


@pytest.mark.full
def test_undo_and_redo_take_the_deployed_data_along(notes: Notes) -> None:
    first = notes.project.head().id
    notes.change(STARRED)
    notes.deploy()
    (kept,) = notes.project.snapshots("docker")
    assert (kept.reason, kept.rows) == ("migration", {"notes": 1, "users": 1})
    assert notes.project.snapshots() == [], "the preview has data of its own"
    notes.add("second")
    data = deployment_data()
    with pytest.raises(NewerData, match="1 row of Note"):
        notes.project.undo(Data(data))
    notes.assert_runs(notes.project.head().id)
    back = notes.project.undo(Data(data, replace=True))
    assert back.record.restores == first
    assert (notes.has_stars(), notes.titles()) == (False, ["first"])
    notes.assert_runs(back.id)
    again = notes.project.redo(Data(data))
    assert (notes.has_stars(), notes.titles()) == (True, ["first", "second"])
    notes.assert_runs(again.id)


def test_a_snapshot_is_put_back_under_the_present_code(notes: Notes) -> None:
    data, version = deployment_data(), notes.project.head().id
    snapshot = notes.project.make_snapshot(data)
    assert snapshot.rows == {"notes": 1, "users": 1}
    dump = next(notes.project.folder.rglob(f"{snapshot.id}.dump"))
    assert hashlib.sha256(dump.read_bytes()).hexdigest() == snapshot.checksum
    assert dump.stat().st_mode & 0o077 == 0
    notes.add("second")
    notes.project.restore_snapshot(snapshot, Data(data, replace=True))
    assert notes.titles() == ["first"]
    notes.assert_runs(version)
    dump.write_bytes(dump.read_bytes()[:-1])
    with pytest.raises(SnapshotError, match="is damaged"):
        notes.project.restore_snapshot(snapshot, Data(data, replace=True))
    assert notes.titles() == ["first"]
    notes.assert_runs(version)


@pytest.mark.full
def test_a_migration_that_does_not_fit_the_data_never_touches_it(notes: Notes) -> None:
    before = notes.deployment
    migrations = notes.project.folder / "migrations"
    name = f"{len(list(migrations.glob('*.up.sql'))) + 1:04d}_no_first"
    (migrations / f"{name}.up.sql").write_text(
        "DELETE FROM notes WHERE title = 'second';\n"
        "ALTER TABLE notes ADD CONSTRAINT c CHECK (title <> 'first');\n"
    )
    notes.add("second")
    refused = run("docker", "rehearse", cwd=notes.project.folder, code=1).stdout
    assert f"On a copy of your data: {name} is refused" in refused
    assert "is violated by some row" in refused
    with pytest.raises(DeploymentError, match=f"The migration {name} does not fit the data"):
        notes.deploy()
    assert notes.titles() == ["first", "second"]
    assert notes.project.snapshots("docker") == []
    assert notes.deployment.parts == before.parts
    assert eventually(lambda: is_ready(before.port or 0), 30)
    (migrations / f"{name}.up.sql").write_text("DELETE FROM notes WHERE title = 'second';\n")
    said: list[str] = []
    deploy(Wish(notes.project.folder), lambda event: said.append(str(event)))
    assert any("1 row of notes lost" in line for line in said), said
    assert notes.titles() == ["first"]


@pytest.mark.full
def test_data_that_was_to_come_back_does_at_the_next_deploy(notes: Notes) -> None:
    snapshot = notes.project.make_snapshot(deployment_data())
    notes.add("second")
    files = notes.project.folder / ".git/backend-generator/snapshots-deployed"
    (files / "owed").write_text(snapshot.id)  # whoever wrote this was killed then
    notes.deploy()
    assert notes.titles() == ["first"]
    assert not (files / "owed").exists()


@pytest.mark.full
def test_the_data_of_a_stopped_deployment_is_kept_and_it_stays_stopped(notes: Notes) -> None:
    managing.stop(notes.project.folder)
    snapshot = notes.project.make_snapshot(deployment_data())
    assert snapshot.rows == {"notes": 1, "users": 1}
    notes.project.restore_snapshot(snapshot, Data(deployment_data(), replace=True))
    assert notes.deployment.status == "stopped"
    assert set(notes.deployment.parts) == {Part.DATABASE, Part.SERVICE, Part.PROXY}


@pytest.mark.full
def test_code_that_goes_back_alone_is_deployed_or_its_stopped_service_goes(notes: Notes) -> None:
    first, data = notes.project.head(), deployment_data()
    main = notes.project.folder / "app/main.py"
    main.write_text(main.read_text() + "# another\n")
    notes.project.notice()
    notes.deploy(worked_on=True)
    back = notes.project.undo(Data(data))
    assert (back.record.restores, notes.titles()) == (first.id, ["first"])
    notes.assert_runs(back.id)
    assert is_worked_on(notes.engine, notes.deployment.parts[Part.SERVICE].id)
    notes.deploy()
    main.write_text(main.read_text() + "raise RuntimeError\n")
    notes.project.notice()
    notes.project.undo(Data())
    said = run("redo", "--docker", cwd=notes.project.folder, code=ExitCode.ENVIRONMENT).stderr
    assert "came back, but the deployment did not start again: The service ends instead" in said
    assert notes.project.head().record.cause is Cause.REDO
    notes.assert_runs(back.id)  # what ran goes on: its data is as it was
    managing.stop(notes.project.folder)
    notes.project.undo(Data(data))
    assert Part.SERVICE in notes.deployment.parts, "it is of just this code"
    notes.project.redo(Data(data))
    assert set(notes.deployment.parts) == {Part.DATABASE, Part.PROXY}
    with pytest.raises(DeploymentError, match="the service is missing"):
        managing.start(notes.project.folder)


@pytest.mark.full
def test_nothing_runs_on_data_that_is_to_become_another(
    notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = deployment_data()
    notes.change(STARRED)
    notes.deploy()
    notes.add("second")

    def full_disk(_self: HeldDatabase, _snapshot: object) -> None:
        raise PostgresError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(HeldDatabase, "restore", full_disk)
        with pytest.raises(SnapshotError, match="no space left on device\nThe service stays stop"):
            notes.project.undo(Data(data, replace=True))
    place = DeploymentPlace.of(notes.deployment.project)
    for _ in range(2):
        assert not notes.deployment.is_up
        with pytest.raises(DeploymentError, match="brings the data back and starts it"):
            managing.start(notes.project.folder)
        place.journal = Journal("of-one-that-was-killed", ran=True)
        assert sweep() == [place.project]
    notes.deploy()
    assert (notes.has_stars(), notes.titles()) == (False, ["first"])
    notes.assert_runs(notes.project.head().id)

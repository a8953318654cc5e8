"""What may be removed of projects that are gone, and what of those that were merely moved."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_line import run
from docker_engine import Deployed, docker

from local_engine.projects.index import ProjectIndex
from local_engine.projects.trash import Trash
from local_engine.projects.whereabouts import whereabouts
from local_engine.runtime.docker import managing, readiness
from local_engine.runtime.docker.collecting import find_missing, find_unused, remove_all
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.installation import installation_id
from local_engine.runtime.docker.labels import Owner, Part, chosen
from local_engine.runtime.docker.networks import edge_network, remove_shared_networks
from local_engine.runtime.docker.place import DeploymentPlace
from local_engine.runtime.docker.volumes import volume
from local_engine.runtime.home import engine_home
from local_engine.runtime.identity import PRIVATE, new_identity, put_identity

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker


class Left:
    """A project's folder, and the data that its deployment has left in a volume."""

    def __init__(self, engine: APIClient, folder: Path) -> None:
        self._engine = engine
        self.folder = folder
        (folder / PRIVATE).mkdir(parents=True)
        self.project = new_identity()
        put_identity(folder / PRIVATE, self.project)
        owner = Owner(installation_id(), self.project, folder.name, str(folder), deploy="d")
        self.volume = volume(engine, owner, Part.DATA, f"test-{self.project[:8]}-data")

    def offered(self) -> list[str]:
        asked = partial(whereabouts, engine_home())
        found = find_unused(self._engine, installation_id(), asked)
        return [one.name for one in found if one.name == self.volume]

    def missing(self) -> list[str]:
        asked = partial(whereabouts, engine_home())
        found = find_missing(self._engine, installation_id(), asked)
        return [one.name for one in found if one.name == self.volume]

    def is_there(self) -> bool:
        return self.volume in docker("volume", "ls", "-q").split()


@pytest.fixture
def left_data(engine: APIClient, tmp_path: Path) -> Iterator[Left]:
    made = Left(engine, tmp_path / "shop")
    yield made
    if made.is_there():
        engine.remove_volume(made.volume)


@pytest.fixture
def index() -> Iterator[ProjectIndex]:
    with closing(ProjectIndex(engine_home())) as index:
        yield index


def test_what_was_moved_is_kept_and_told(
    engine: APIClient, left_data: Left, index: ProjectIndex
) -> None:
    assert (left_data.offered(), left_data.missing()) == ([], [])
    away = left_data.folder.rename(left_data.folder.with_name("elsewhere"))
    assert (left_data.offered(), left_data.missing()) == ([], [left_data.volume])
    # Without an answer: it would remove the images that all installations share.
    unused = find_unused(engine, installation_id(), partial(whereabouts, engine_home()))
    said = run("docker", "gc", cwd=left_data.folder.parent, code=2 if unused else 0).stdout
    assert f"! kept: {left_data.volume}, the data of shop ({left_data.folder})" in said
    assert left_data.is_there()
    entry = index.add(away, "shop")
    assert (left_data.offered(), left_data.missing()) == ([], [])
    index.remove(entry.id)


def test_what_was_deleted_for_good_is_offered(
    engine: APIClient, left_data: Left, index: ProjectIndex
) -> None:
    trash = Trash(engine_home())
    id_ = trash.put(index.add(left_data.folder, "shop"))
    index.remove(left_data.project)
    assert (left_data.offered(), left_data.missing()) == ([], [])
    trash.remove(id_)
    assert (left_data.offered(), left_data.missing()) == ([left_data.volume], [])
    secret = DeploymentPlace.of(left_data.project).database_password
    found = find_unused(engine, installation_id(), partial(whereabouts, engine_home()))
    remove_all(engine, [one for one in found if one.name == left_data.volume])
    assert not left_data.is_there()
    assert DeploymentPlace.of(left_data.project).database_password != secret


def test_a_copy_that_was_deleted_is_not_the_project(left_data: Left, index: ProjectIndex) -> None:
    copy = shutil.copytree(left_data.folder, left_data.folder.with_name("copy"))
    trash = Trash(engine_home())
    entry = index.add(copy, "copy")
    assert entry.id == left_data.project
    id_ = trash.put(entry)
    index.remove(entry.id)
    trash.remove(id_)
    left_data.folder.rename(left_data.folder.with_name("moved"))
    assert (left_data.offered(), left_data.missing()) == ([], [left_data.volume])


def test_data_that_is_left_can_be_removed(engine: APIClient, left_data: Left) -> None:
    place = DeploymentPlace.of(left_data.project)
    kept = place.path / "snapshots"
    kept.mkdir()
    (kept / "a.dump").write_text("copy of the data")
    secret = place.database_password
    with pytest.raises(DeploymentError, match="is not deployed"):
        managing.find_deployment(engine, left_data.folder)
    (listed,) = managing.list_remains()
    assert (listed.name, listed.status, listed.url) == ("shop", "removed", None)
    managing.remove(left_data.folder, data=True)
    assert not left_data.is_there()
    assert not kept.exists()
    assert place.database_password != secret


def test_a_deployed_project_is_not_deleted(deployed: Deployed) -> None:
    said = run("delete", str(deployed.project), "--yes", cwd=deployed.project.parent, code=1).stderr
    assert "deployed to Docker (running)" in said
    assert "docker remove" in said
    assert deployed.project.is_dir()


def test_deploys_at_once_make_one_shared_network(engine: APIClient) -> None:
    owner = Owner(new_identity()[:16])
    start = threading.Barrier(6)

    def make() -> None:
        start.wait()
        edge_network(engine, owner)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = chosen(owner.installation)
    try:
        assert len(engine.networks(filters=wanted)) == 1
        unfinished = DeploymentPlace.of("a" * 32)
        (unfinished.path / "unfinished.json").write_text('{"deploy": "x", "ran": false}')
        remove_shared_networks(engine, owner.installation)
        assert len(engine.networks(filters=wanted)) == 1, "a deploy counts on it"
        unfinished.journal = None
        remove_shared_networks(engine, owner.installation)
        assert engine.networks(filters=wanted) == []
    finally:
        for row in engine.networks(filters=wanted):
            engine.remove_network(row["Id"])


def test_a_migration_that_does_not_end_is_given_up(
    engine: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "MIGRATE_SECONDS", 0.3)
    name = docker("run", "-d", "--init", "postgres:18", "sh", "-c", "echo locked; sleep 60").strip()
    try:
        with pytest.raises(DeploymentError, match="did not end within 0 s") as caught:
            readiness.wait_for_end(engine, name, lambda: None)
        assert "locked" in caught.value.advice
    finally:
        docker("rm", "-f", "-v", name)

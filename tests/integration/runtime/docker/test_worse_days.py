"""The engine goes away, its disk fills up, its clock is wrong, its volume is from another time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from docker_engine import Deployed, docker, inside, the_engine
from engine_gate import gate
from generated_project import make_project
from killing import eventually

from local_engine.runtime.docker import ending, managing, publishing
from local_engine.runtime.docker.client import connected, engine_errors, engine_time
from local_engine.runtime.docker.data import older_data
from local_engine.runtime.docker.deploying import Wish, deploy
from local_engine.runtime.docker.detecting import find_engine
from local_engine.runtime.docker.detecting.surroundings import SETTING
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.installation import installation_id
from local_engine.runtime.docker.labels import Owner, Part
from local_engine.runtime.docker.place import DeploymentPlace, project_key
from local_engine.runtime.docker.sweeping import sweep
from local_engine.runtime.docker.watching import logs
from local_engine.runtime.docker.watching.lines import Line, Wanted
from local_engine.runtime.docker.watching.sql import psql
from local_engine.runtime.ports import free_port
from local_engine.runtime.readiness import is_ready

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker


@pytest.fixture
def project(tmp_path: Path, left: Callable[[], list[str]]) -> Iterator[Path]:
    """A project that was never deployed, of which nothing is left."""
    yield make_project(tmp_path / "todo")
    assert left() == []


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="gate-") as folder:
        yield Path(folder)


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param("image", marks=pytest.mark.full),
        pytest.param("database", marks=pytest.mark.full),
        pytest.param("migrate", marks=pytest.mark.full),
        pytest.param("serve", marks=pytest.mark.full),
    ],
)
def test_an_engine_that_stops_in_mid_deploy_is_named_and_what_is_left_is_taken_back(
    project: Path,
    short: Path,
    stage: str,
    monkeypatch: pytest.MonkeyPatch,
    left: Callable[[], list[str]],
) -> None:
    engine = the_engine().url.removeprefix("unix://")
    with gate(short / "docker.sock", engine) as way:
        monkeypatch.setenv(SETTING, way.url)

        def tell(event: object) -> None:
            if getattr(event, "stage", "") == stage and type(event).__name__ == "StageStarted":
                way.shut()

        with pytest.raises(DeploymentError, match="does not answer any more") as caught:
            deploy(Wish(project), tell)
        assert "Start it again, then repeat this." in caught.value.advice
        assert sweep() == [], "nothing can be done without an engine"
        assert [one.project for one in DeploymentPlace.unfinished()] == [project_key(project)]
        way.open()
        if stage == "serve":  # it has not come up
            with connected(find_engine()) as client:
                ending.stop_deployment(client, managing.find_deployment(client, project))
        assert sweep() == [project_key(project)]
        assert left() == []
        assert list(DeploymentPlace.unfinished()) == []


def test_an_engine_that_is_gone_while_a_deployment_is_looked_at(
    short: Path, deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gate(short / "docker.sock", the_engine().url.removeprefix("unix://")) as way:
        monkeypatch.setenv(SETTING, way.url)
        with connected(find_engine()) as client:
            way.shut()
            with pytest.raises(DeploymentError, match="does not answer any more"), engine_errors():
                client.containers()
        with pytest.raises(DeploymentError, match=SETTING):
            managing.stop(deployed.project)


@pytest.mark.parametrize("wished", [False, pytest.param(True, marks=pytest.mark.full)])
def test_a_port_that_is_taken_between_choice_and_bind(
    damaged: Deployed, monkeypatch: pytest.MonkeyPatch, wished: bool
) -> None:
    """The search for a free one says that it is, as it was a moment ago."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        choices = iter([taken])
        monkeypatch.setattr(publishing, "free_port", lambda: next(choices, None) or free_port())
        monkeypatch.setattr(publishing, "is_free", lambda _: True)
        place = DeploymentPlace.of(damaged.deployment.project)
        place.last_port = taken
        if wished:
            with pytest.raises(DeploymentError, match=f"Port {taken} is in use by another"):
                deploy(Wish(damaged.project, port=taken))
            (after,) = (
                one for one in managing.list_deployments() if one.folder == str(damaged.project)
            )
        else:
            after = deploy(Wish(damaged.project))
    assert after.port != taken
    assert eventually(lambda: is_ready(after.port or 0), 30)


class Prepared:
    """The volume for a project's data, made by hand before its first deploy."""

    def __init__(self, engine: APIClient, project: Path, **options: str) -> None:
        key = project_key(project)
        owner = Owner(installation_id(), key, project.name, str(project), deploy="by-hand")
        self._engine = engine
        self.name = f"by-hand-{key[:8]}-data"
        engine.create_volume(
            self.name, driver="local", driver_opts=options, labels=owner.labels(Part.DATA)
        )

    def __enter__(self) -> Prepared:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.remove_volume(self.name)


@pytest.mark.full
def test_a_disk_that_is_full_from_the_beginning(engine: APIClient, project: Path) -> None:
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=12m,uid=999,gid=999,mode=0700"}
    full = pytest.raises(DeploymentError, match="The database ends, because its disk is full")
    with Prepared(engine, project, **options), full:
        deploy(Wish(project))


@pytest.mark.full
def test_a_disk_that_fills_up_loses_nothing_and_recovers(engine: APIClient, project: Path) -> None:
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=160m,uid=999,gid=999,mode=0700"}
    account = {"email": "ann@example.com", "password": "a long enough password"}
    login = {"username": account["email"], "password": account["password"]}
    with Prepared(engine, project, **options):
        deployment = deploy(Wish(project))
        database = deployment.parts[Part.DATABASE].id
        ballast = "/var/lib/postgresql/ballast"
        with httpx.Client(base_url=deployment.url or "", timeout=30) as client:
            assert client.post("/auth/register", json=account).status_code == 201
            inside(engine, database, "sh", "-c", f"dd if=/dev/zero of={ballast} bs=1M; sync")
            answers = {
                client.post("/auth/register", json=account | {"email": f"{n}@b.c"}).status_code
                for n in range(3)
            }
            assert answers <= {201, 429, 500, 503}
            assert inside(engine, database, "rm", ballast)[0] == 0

            def signs_in() -> bool:
                return client.post("/auth/login", data=login).status_code == 200

            assert eventually(signs_in, 40)
        managing.remove(project)


@pytest.mark.full
@pytest.mark.parametrize("place", ["17/docker", "data", "."])
def test_data_of_an_older_major_version_is_not_touched(
    engine: APIClient, project: Path, place: str
) -> None:
    with Prepared(engine, project) as volume:
        older = f"mkdir -p /v/{place} && echo 17 > /v/{place}/PG_VERSION"
        docker("run", "--rm", "-v", f"{volume.name}:/v", "postgres:18", "sh", "-c", older)
        with pytest.raises(
            DeploymentError, match=r"holds data of PostgreSQL 17; this is 18\."
        ) as it:
            deploy(Wish(project))
        assert volume.name in it.value.what
        assert f"PGDATA=/older{'' if place == '.' else f'/{place}'} " in it.value.advice
        seen = docker(
            "run", "--rm", "-v", f"{volume.name}:/v", "postgres:18", "find", "/v", "-type", "f"
        )
        assert [line for line in seen.split() if line.startswith("/v")] == [
            str(Path("/v") / place / "PG_VERSION")
        ]


@pytest.mark.full
def test_the_way_for_data_of_an_older_major_version_is_right(
    engine: APIClient, project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As it stands in the refusal, line by line; the older version is today's, seen from later."""
    before = deploy(Wish(project))
    psql(engine, before, "INSERT INTO users (email, password_hash) VALUES ('a@b.c', 'x')")
    managing.stop(project)
    engine.remove_container(before.parts[Part.DATABASE].id)
    with monkeypatch.context() as later:
        later.setattr(older_data, "MAJOR", 19)
        with pytest.raises(DeploymentError, match=r"of PostgreSQL 18; this is 19") as it:
            deploy(Wish(project))
    steps = [line for line in it.value.advice.splitlines() if line.startswith("  ")]
    assert len(steps) == 9
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    for step in steps:
        asked = step.replace("--data", "--data --yes")
        subprocess.run(["bash", "-c", asked], check=True, cwd=tmp_path)
    after = managing.find_deployment(engine, project)
    assert is_ready(after.port or 0)
    assert psql(engine, after, "COPY (SELECT email FROM users) TO STDOUT")[1] == "a@b.c\n"
    managing.remove(project, data=True)


@pytest.mark.full
def test_networks_that_somebody_pruned_are_made_again(engine: APIClient, project: Path) -> None:
    before = deploy(Wish(project))
    psql(engine, before, "INSERT INTO users (email, password_hash) VALUES ('a@b.c', 'x')")
    managing.stop(project)
    docker("network", "prune", "--force")
    with pytest.raises(
        DeploymentError, match=r"network of this deployment was removed\.\nDeploy it"
    ):
        managing.start(project)
    after = deploy(Wish(project))
    assert (after.status, after.url) == ("running", before.url)
    assert psql(engine, after, "COPY (SELECT email FROM users) TO STDOUT")[1] == "a@b.c\n"
    managing.remove(project, data=True)


def test_logs_are_followed_from_now_on_by_the_engines_clock(
    engine: APIClient, deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of a virtual machine lags behind when the computer has slept."""
    now = engine_time(engine)
    monkeypatch.setattr(logs, "engine_time", lambda _: now - timedelta(hours=1))
    ended = threading.Event()
    lines: list[Line] = []

    def follow() -> None:
        for line in logs.follow_logs(engine, deployed.deployment, Wanted(), ended=ended):
            lines.append(line)

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        assert eventually(lambda: bool(lines), 20), "what was written in the last hour is told"
    finally:
        ended.set()
        thread.join()
    assert engine_time(engine) - now < timedelta(minutes=10)

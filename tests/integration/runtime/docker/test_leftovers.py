"""A deploy that is called off or killed leaves the engine as it was, and nobody else's things."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docker_engine import Deployed, docker
from generated_project import make_project
from killing import eventually, line_of, python

from local_engine.jobs.leftovers import clear_leftovers
from local_engine.runtime.docker import ending, managing
from local_engine.runtime.docker.deploying import Wish, deploy
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.place import ASIDE, DeploymentPlace
from local_engine.runtime.docker.replacing import Replacement
from local_engine.runtime.docker.sweeping import sweep
from local_engine.runtime.docker.watching.sql import psql
from local_engine.runtime.home import engine_home
from local_engine.runtime.readiness import is_ready

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker

STAGES = [
    pytest.param("image", marks=pytest.mark.full),
    pytest.param("database", marks=pytest.mark.full),
    "migrate",
    pytest.param("serve", marks=pytest.mark.full),
]
DEPLOY = """
import sys
from pathlib import Path
from local_engine.runtime.docker.deploying import Wish, deploy
from local_engine.runtime.events import StageStarted

def tell(event):
    if isinstance(event, StageStarted) and event.stage == sys.argv[2]:
        print(event.stage, flush=True)

deploy(Wish(Path(sys.argv[1])), tell)
print("done", flush=True)
"""


Left = Callable[[], list[str]]


class CalledOff(Exception):
    """What a person's Ctrl-C is to a deploy."""


@pytest.fixture
def project(tmp_path: Path, left: Left) -> Iterator[Path]:
    """A project that was never deployed."""
    folder = make_project(tmp_path / "todo")
    yield folder
    for one in managing.list_deployments():
        if Path(one.folder).is_relative_to(tmp_path):
            managing.remove(one.project, data=True)
    assert left() == []


def call_off(project: Path, at: str) -> None:
    def tell(event: object) -> None:
        if getattr(event, "stage", "") == at and type(event).__name__ == "StageStarted":
            raise CalledOff

    with pytest.raises(CalledOff):
        deploy(Wish(project), tell)


def kill(project: Path, at: str) -> None:
    with python(DEPLOY, str(project), at) as process:
        assert line_of(process) == at
        process.send_signal(signal.SIGKILL)


def change(project: Path) -> None:
    """Its next deploy replaces the service, and migrates before."""
    main = project / "app" / "main.py"
    main.write_text(main.read_text() + "# changed\n")


@pytest.mark.parametrize("stage", STAGES)
def test_a_first_deploy_that_is_called_off_leaves_nothing(
    left: Left, project: Path, stage: str
) -> None:
    call_off(project, stage)
    assert left() == []
    assert list(DeploymentPlace.unfinished()) == []


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_killed_deploy_left_is_taken_back(
    engine: APIClient, left: Left, project: Path, stage: str
) -> None:
    kill(project, stage)
    if stage == "serve":  # it has not come up
        ending.stop_deployment(engine, managing.find_deployment(engine, project))
    assert clear_leftovers(engine_home())
    assert eventually(lambda: not list(DeploymentPlace.unfinished()), 30)
    assert eventually(lambda: left() == [], 30)  # what deployments share goes last


@pytest.mark.parametrize("rests", [False, pytest.param(True, marks=pytest.mark.full)])
def test_a_first_deploy_that_came_up_after_its_end_is_in_use(
    engine: APIClient, project: Path, rests: bool
) -> None:
    """At its last stage the service is started; by the time of the sweep it has a row."""
    kill(project, "serve")
    found = managing.find_deployment(engine, project)
    assert eventually(lambda: is_ready(found.port or 0), 60)
    made = psql(engine, found, "INSERT INTO users (email, password_hash) VALUES ('a@b.c', 'x')")
    assert made[0] == 0, made
    if rests:
        ending.stop_deployment(engine, found)
        assert sweep() == [found.project]
        (left,) = (one for one in managing.list_remains() if one.project == found.project)
        assert left.status == "removed", "its data is left"
        found = deploy(Wish(project))
    (found,) = (one for one in managing.list_deployments() if one.project == found.project)
    assert found.status == "running"
    assert list(DeploymentPlace.unfinished()) == []
    assert psql(engine, found, "COPY (SELECT email FROM users) TO STDOUT")[1] == "a@b.c\n"


@pytest.mark.parametrize("how", [call_off, pytest.param(kill, marks=pytest.mark.full)])
def test_the_version_before_answers_again(project: Path, how: object) -> None:
    before = deploy(Wish(project))
    change(project)
    assert callable(how)
    how(project, "serve")
    sweep()
    (found,) = (one for one in managing.list_deployments() if one.project == before.project)
    assert {part: one.id for part, one in found.parts.items()} == {
        part: one.id for part, one in before.parts.items()
    }
    assert found.status == "running"
    assert eventually(lambda: is_ready(found.port or 0), 30)


def test_a_deploy_that_has_replaced_all_is_not_taken_back(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Replacement.commit

    def commit_and_end(parts: Replacement) -> None:
        commit(parts)
        raise CalledOff

    with monkeypatch.context() as patched:
        patched.setattr(Replacement, "commit", commit_and_end)
        with pytest.raises(CalledOff):
            deploy(Wish(project))
    (found,) = (one for one in managing.list_deployments() if one.folder == str(project))
    assert found.status == "running"
    assert is_ready(found.port or 0)
    assert list(DeploymentPlace.unfinished()) == []


def test_a_verification_that_ends_while_leftovers_are_looked_for(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = [DeploymentPlace(engine_home() / "deployments" / ("a" * 32 + ASIDE))]
    monkeypatch.setattr(DeploymentPlace, "asides", lambda: gone)
    assert sweep() == []
    assert deployed.deployment.project in {one.project for one in managing.list_deployments()}


@pytest.mark.full
def test_a_deploy_continues_where_a_killed_one_ended(project: Path) -> None:
    kill(project, "migrate")
    deployment = deploy(Wish(project))
    assert deployment.status == "running"
    assert list(DeploymentPlace.unfinished()) == []


def test_what_others_have_is_not_touched(project: Path) -> None:
    """Beside: somebody's container, network and volume, and one of the project's own image."""
    deployment = deploy(Wish(project))
    image = deployment.parts["service"].image
    docker("network", "create", "foreign-network")
    docker("volume", "create", "foreign-volume")
    try:
        for name, of in (("foreign-a", "python:3.13-slim"), ("foreign-b", image)):
            docker(
                "run", "-d", "--init", "--name", name, "--network", "foreign-network",
                "-v", "foreign-volume:/x", of, "sleep", "300",
            )  # fmt: skip
        change(project)
        kill(project, "migrate")
        sweep()
        managing.stop(project)
        managing.remove(project, data=True)
        for name in ("foreign-a", "foreign-b"):
            assert docker("inspect", "-f", "{{.State.Status}}", name).strip() == "running"
        docker("network", "inspect", "foreign-network")
        docker("volume", "inspect", "foreign-volume")
    finally:
        docker("rm", "-f", "foreign-a", "foreign-b")
        docker("network", "rm", "foreign-network")
        docker("volume", "rm", "foreign-volume")
        docker("rmi", image)  # which stayed, because a foreign container used it


def test_of_two_deploys_at_once_the_second_waits(project: Path) -> None:
    said: list[str] = []
    with python(DEPLOY, str(project), "image") as first:
        line_of(first)
        second = deploy(Wish(project), lambda event: said.append(str(event)))
        assert line_of(first) == "done"
    assert any("Another deploy of this project is under way" in line for line in said)
    assert second.status == "running"


@pytest.mark.full
def test_a_moved_folder_is_the_same_project(project: Path) -> None:
    before = deploy(Wish(project))
    moved = project.rename(project.with_name("renamed"))
    after = deploy(Wish(moved))
    assert after.project == before.project
    assert after.parts["database"].id == before.parts["database"].id
    assert after.url == before.url
    same = [one for one in managing.list_deployments() if one.project == before.project]
    assert same == [after]


def test_stopping_what_is_not_deployed_says_what_is(project: Path) -> None:
    with pytest.raises(DeploymentError, match=r"is not deployed\.\nDeployments: "):
        managing.stop(project)

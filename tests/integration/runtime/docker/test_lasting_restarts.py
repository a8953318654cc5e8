"""A service that crashes and restarts for ever, or is paused, is stopped like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from killing import eventually

from local_engine.runtime.docker import specs
from local_engine.runtime.docker.containers import ContainerSpec, Limits, create, ours, remove
from local_engine.runtime.docker.deployment import Deployment
from local_engine.runtime.docker.ending import stop_deployment
from local_engine.runtime.docker.installation import installation_id
from local_engine.runtime.docker.labels import Owner, Part
from local_engine.runtime.docker.replacing import Replacement, take_back

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker

OWNER = Owner(project="restarts", name="restarts", deploy="crashing")
Make = Callable[[str], Deployment]


@pytest.fixture
def make(engine: APIClient, left: Callable[[], list[str]]) -> Iterator[Make]:
    """A service that runs a command and is restarted whenever that ends."""
    owner = Owner(installation_id(), OWNER.project, OWNER.name, deploy=OWNER.deploy)

    def made(command: str) -> Deployment:
        spec = ContainerSpec(
            Part.SERVICE,
            specs.DATABASE_IMAGE,
            str(specs.POSTGRES_USER),
            Limits(64),
            {"bridge": ()},
            command=["sh", "-c", command],
        )
        engine.start(create(engine, spec, owner, "restarts-service", 1))
        return there(engine)

    yield made
    for one in ours(engine, owner.installation, owner.project):
        remove(engine, one.id)
    assert left() == []


def there(engine: APIClient) -> Deployment:
    (one,) = ours(engine, installation_id(), OWNER.project)
    return Deployment(installation_id(), OWNER.project, {one.part: one}, None, one.labels)


def state(engine: APIClient) -> str:
    return there(engine).parts[Part.SERVICE].state


def crashing(engine: APIClient, make: Make) -> Deployment:
    make("exit 1")
    assert eventually(lambda: state(engine) == "restarting", 30)
    return there(engine)


def test_one_that_crashes_is_up_until_it_is_stopped(engine: APIClient, make: Make) -> None:
    found = crashing(engine, make)
    assert (found.status, found.is_up) == ("partly", True)
    stop_deployment(engine, found)
    assert (state(engine), there(engine).status, there(engine).is_up) == (
        "exited",
        "stopped",
        False,
    )


def test_a_paused_one_is_stopped(engine: APIClient, make: Make) -> None:
    engine.pause(make("sleep 60").parts[Part.SERVICE].id)
    stop_deployment(engine, there(engine))
    assert state(engine) == "exited"


def test_a_deploy_stops_the_one_that_crashes_and_lets_it_run_again(
    engine: APIClient, make: Make
) -> None:
    crashing(engine, make)
    owner = Owner(installation_id(), OWNER.project, OWNER.name, deploy="next")
    Replacement(engine, owner, "restarts").make_room(Part.SERVICE, 1)
    assert state(engine) == "exited"
    take_back(engine, owner.installation, owner.project, owner.deploy, ran=True)
    assert state(engine) in ("restarting", "running")

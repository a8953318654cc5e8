"""Deploys a project for its verification, beside the user's deployment, and removes all of it."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.generator.blueprint import Application
from local_engine.runtime.docker.deploying import Facts, Wish, deploy
from local_engine.runtime.docker.deployment import Deployment
from local_engine.runtime.docker.ending import remove_all_of
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.installation import installation_id
from local_engine.runtime.docker.managing import engine_client
from local_engine.runtime.docker.place import DeploymentPlace
from local_engine.runtime.docker.verifying.controls import DockerControls
from local_engine.runtime.docker.verifying.door import Door
from local_engine.runtime.docker.verifying.groups import GROUPS
from local_engine.runtime.events import OnEvent as OnStage
from local_engine.runtime.events import ignore
from local_engine.runtime.file_lock import LockTimeoutError
from local_engine.runtime.ports import free_port
from local_engine.verification import Report, verify
from local_engine.verification.events import OnEvent

if TYPE_CHECKING:
    from docker import APIClient


def verify_deployment(
    application: Application,
    project: Path,
    *,
    groups: Iterable[str] | None = None,
    seed: int = 0,
    budget: float | None = None,
    on_stage: OnStage = ignore,
    on_event: OnEvent | None = None,
) -> Report:
    """Check the project, in containers as they would be deployed, against its Blueprint.

    The arguments are those of `verify`. Raises `DeploymentError` when it cannot be deployed.
    """
    began = time.monotonic()
    egress = bool(application.webhooks or application.emails)
    with _controls(project, egress, on_stage) as controls:
        left = None if budget is None else max(1.0, budget - (time.monotonic() - began))
        return verify(
            application,
            controls,
            groups=groups,
            more=GROUPS,
            seed=seed,
            budget=left,
            on_event=on_event,
        )


@contextlib.contextmanager
def _controls(project: Path, egress: bool, on_stage: OnStage) -> Iterator[DockerControls]:
    wish = Wish(project, lambda: Facts(egress=egress), aside=True, door=free_port())
    place = DeploymentPlace.of(wish.key)
    with _alone(place), engine_client() as client:
        _clear(client, place)  # what one that was killed has left
        assert wish.door is not None
        door = Door(wish.door, place.superuser_password, place.database_password)
        listeners = [on_stage]

        def redeploy(settings: Mapping[str, str]) -> Deployment:
            listener = listeners.pop() if listeners else ignore
            return deploy(replace(wish, settings=settings), listener)

        try:
            yield DockerControls(client, project.resolve(), place, door, redeploy)
        finally:
            door.close()
            _clear(client, place)
            shutil.rmtree(place.path, ignore_errors=True)


@contextlib.contextmanager
def _alone(place: DeploymentPlace) -> Iterator[None]:
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(place.in_use())
        except LockTimeoutError:
            raise DeploymentError(
                "This project is being verified in Docker already.\nWait for the end of that."
            ) from None
        yield


def _clear(client: APIClient, place: DeploymentPlace) -> None:
    remove_all_of(client, installation_id(), place.project, data=True)

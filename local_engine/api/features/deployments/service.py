"""Deployments, asked of the Docker engine each time: nothing is remembered."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.api.features.deployments.schemas import (
    Collected,
    Collection,
    DeploymentFacts,
    DeploymentLine,
    DockerFacts,
    PartUsage,
    Unneeded,
)
from local_engine.api.problems import Problem
from local_engine.api.rehearsals import Rehearsal

if TYPE_CHECKING:
    from local_engine.runtime.docker.collecting import Unused
    from local_engine.runtime.docker.deployment import Deployment
    from local_engine.runtime.docker.watching.lines import Line, Wanted

_SECONDS = 300.0


def docker() -> DockerFacts:
    """Whether an engine can be used."""
    from local_engine.runtime.docker.detecting import look

    found = look()
    return DockerFacts(state=found.state.value, text=found.text, advice=found.advice)


def all_of_them() -> list[DeploymentFacts]:
    """Deployments, and what is left of those that were removed. Raises `Problem` 503."""
    from local_engine.runtime.docker import managing

    with deployment_problems():
        return [facts(one) for one in (*managing.list_deployments(), *managing.list_remains())]


def of_project(project: str, folder: Path) -> DeploymentFacts:
    """The deployment of a project; with the status `none` where there is none."""
    from local_engine.runtime.docker import managing
    from local_engine.runtime.docker.deployment import lies_in

    with deployment_problems():
        for one in (*managing.list_deployments(), *managing.list_remains()):
            if lies_in(one, folder):
                return facts(one)
    return DeploymentFacts(project=project, name=folder.name, folder=str(folder), status="none")


def require(folder: Path, *, removed: bool = False) -> Deployment:
    """The deployment of the project in a folder. Raises `Problem` 404.

    No engine is asked about a project that was never deployed.
    """
    from local_engine.runtime.docker.managing import engine_client, find_deployment
    from local_engine.runtime.docker.place import DeploymentPlace, project_key

    if not DeploymentPlace.is_known(project_key(folder)):
        raise Problem(404, "not-deployed", "This project is not deployed.")
    with deployment_problems(), engine_client() as client:
        return find_deployment(client, folder, removed=removed)


def change(how: str, folder: Path) -> DeploymentFacts:
    """Start, stop or restart; gives it as it is then."""
    from local_engine.runtime.docker import managing

    require(folder)
    carry_out = {"start": managing.start, "stop": managing.stop, "restart": managing.restart}[how]
    with deployment_problems():
        carry_out(folder)
    return facts(require(folder))


def remove(folder: Path, *, data: bool) -> None:
    """Remove it; its data only where that is asked."""
    from local_engine.runtime.docker import managing

    with deployment_problems():
        managing.remove(folder, data=data)


def usage(folder: Path) -> list[PartUsage]:
    """What its parts use now; takes a second."""
    from local_engine.runtime.docker.managing import engine_client
    from local_engine.runtime.docker.watching import usage as watching

    deployment = require(folder)
    with deployment_problems(), engine_client() as client:
        found = watching.usage(client, deployment)
    return [PartUsage(**asdict(one)) for one in found]


def lines(folder: Path, wanted: Wanted, since: datetime | None, last: int) -> list[DeploymentLine]:
    """The last lines of all parts that are wanted."""
    from local_engine.runtime.docker.managing import engine_client
    from local_engine.runtime.docker.watching.logs import read_logs

    deployment = require(folder)
    with deployment_problems(), engine_client() as client:
        return [
            line_facts(line)
            for line in read_logs(client, deployment, wanted, since=since, last=last)
        ]


def rehearse(folder: Path) -> Rehearsal | None:
    """What the next deploy's migrations would do to the deployed data."""
    from local_engine.jobs.kinds.deploy import rehearsed

    require(folder)
    with deployment_problems():
        found = rehearsed(folder)
    if found is None:
        return None
    return Rehearsal.model_validate({**found.facts(), "lines": found.lines})


class Collecting:
    """What the engine holds of nobody, found and, once that is confirmed, removed."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._asked: tuple[str, list[Unused], float] | None = None
        self._lock = threading.Lock()

    def ask(self) -> Collection:
        """What would go; nothing where nothing was ever deployed."""
        from local_engine.projects.whereabouts import whereabouts
        from local_engine.runtime.docker.collecting import find_missing, find_unused
        from local_engine.runtime.docker.installation import known_installation
        from local_engine.runtime.docker.managing import engine_client

        if (installation := known_installation()) is None:
            return Collection(confirmation="", unused=[], missing=[])
        asked = partial(whereabouts, self._home)
        with deployment_problems(), engine_client() as client:
            unused = find_unused(client, installation, asked)
            missing = find_missing(client, installation, asked)
        word = secrets.token_urlsafe(16)
        with self._lock:
            self._asked = (word, unused, time.monotonic() + _SECONDS)
        return Collection(
            confirmation=word,
            unused=[_unneeded(one) for one in unused],
            missing=[_unneeded(one) for one in missing],
        )

    def carry_out(self, confirmation: str) -> Collected:
        """Remove what was asked about, and nothing that came since. Raises `Problem` 409."""
        from local_engine.runtime.docker.collecting import remove_all
        from local_engine.runtime.docker.managing import engine_client

        with self._lock:
            asked, self._asked = self._asked, None
        word, unused, until = asked or ("", [], 0.0)
        known = bool(word) and hmac.compare_digest(word.encode(), confirmation.encode())
        if not known or time.monotonic() > until:
            raise Problem(409, "not-confirmed", "Ask first what would go, and send its word.")
        with deployment_problems(), engine_client() as client:
            return Collected(removed=[_unneeded(one) for one in remove_all(client, unused)])


@contextmanager
def deployment_problems() -> Iterator[None]:
    """What cannot be done with a deployment, as problems."""
    from local_engine.runtime.docker.errors import DeploymentError, EngineUnusable, NotDeployed

    try:
        yield
    except NotDeployed as refusal:
        raise Problem(404, "not-deployed", str(refusal)) from None
    except EngineUnusable as refusal:
        raise Problem(503, "no-docker", str(refusal)) from None
    except DeploymentError as refusal:
        raise Problem(409, "deployment-refuses", str(refusal)) from None


def facts(deployment: Deployment) -> DeploymentFacts:
    """What is sent about one."""
    return DeploymentFacts(
        project=deployment.project,
        name=deployment.name,
        folder=deployment.folder,
        status=deployment.status,
        url=deployment.url,
        docs=f"{deployment.url}/docs" if deployment.url else None,
        version=deployment.version,
        parts={part: one.state for part, one in deployment.parts.items()},
    )


def line_facts(line: Line) -> DeploymentLine:
    """What is sent about a line of a log."""
    return DeploymentLine(part=line.part, time=line.time, level=line.level, text=line.text)


def _unneeded(one: Unused) -> Unneeded:
    return Unneeded(kind=one.kind, name=one.name, whose=one.whose, bytes=one.size)

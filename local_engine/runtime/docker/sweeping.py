"""Takes back what a deploy left that did not come to its end, however it ended."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from local_engine.runtime.docker.client import connected, engine_errors
from local_engine.runtime.docker.containers import ours
from local_engine.runtime.docker.detecting import find_engine
from local_engine.runtime.docker.ending import remove_all_of, remove_images
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.installation import known_installation
from local_engine.runtime.docker.labels import DEPLOY
from local_engine.runtime.docker.networks import remove_network, remove_shared_networks
from local_engine.runtime.docker.place import ASIDE, DeploymentPlace
from local_engine.runtime.docker.replacing import remove_replaced, take_back
from local_engine.runtime.docker.volumes import remove_unused_settings, volumes
from local_engine.runtime.file_lock import LockTimeoutError

if TYPE_CHECKING:
    from docker import APIClient


def undo(client: APIClient, place: DeploymentPlace, installation: str) -> None:
    """Take back the deploy that the journal of a place names. Call it with the place's lock.

    One that is committed is brought to its end: what it replaced may be gone already. A volume goes
    only if that very deploy made it, so nobody can have used what is in it.
    """
    from docker.errors import APIError

    journal = place.journal
    if journal is None:
        return
    if journal.committed:
        remove_replaced(client, installation, place.project)
        remove_unused_settings(client, installation, place.project)
        place.journal = None
        return
    take_back(client, installation, place.project, journal.deploy, journal.ran)
    if not ours(client, installation, place.project):
        remove_network(client, installation, place.project)
        remove_images(client, installation, place.project)
    for found in volumes(client, installation, place.project):
        if (found.get("Labels") or {}).get(DEPLOY) == journal.deploy:
            try:
                client.remove_volume(found["Name"])
            except APIError as failure:
                if failure.status_code != 404:
                    raise
    place.journal = None
    remove_shared_networks(client, installation)


def sweep() -> list[str]:
    """Take back all deploys and verifications whose processes were killed; gives their keys.

    One that is under way is left alone. Without an engine that answers nothing is done: the
    journals stay, and the next start looks again.
    """
    places = [*DeploymentPlace.asides(), *DeploymentPlace.unfinished()]
    installation = known_installation()
    if not places or installation is None:
        return []
    done: list[str] = []
    with contextlib.suppress(DeploymentError), connected(find_engine()) as client, engine_errors():
        for place in places:
            with contextlib.suppress(LockTimeoutError), _abandoned(place):
                undo(client, place, installation)
                if place.project.endswith(ASIDE):
                    remove_all_of(client, installation, place.project, data=True)
                    shutil.rmtree(place.path, ignore_errors=True)
                done.append(place.project)
    return done


@contextlib.contextmanager
def _abandoned(place: DeploymentPlace) -> Iterator[None]:
    """Work on what nobody works on. Raises `LockTimeoutError`."""
    with place.in_use(), place.locked(0.0):
        yield

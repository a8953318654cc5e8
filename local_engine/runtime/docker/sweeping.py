"""Takes back what a deploy left that did not come to its end, however it ended."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from local_engine.runtime.docker.client import connected, engine_errors
from local_engine.runtime.docker.containers import ours
from local_engine.runtime.docker.data.before_migrating import PSQL, is_owed
from local_engine.runtime.docker.deployment import Deployment, deployment_of
from local_engine.runtime.docker.detecting import find_engine
from local_engine.runtime.docker.ending import remove_all_of, remove_images
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.executing import execute
from local_engine.runtime.docker.installation import known_installation
from local_engine.runtime.docker.labels import DEPLOY, PART, Part
from local_engine.runtime.docker.networks import remove_network, remove_shared_networks
from local_engine.runtime.docker.place import ASIDE, DeploymentPlace, Journal
from local_engine.runtime.docker.readiness import wait_for_database
from local_engine.runtime.docker.replacing import remove_replaced, take_back
from local_engine.runtime.docker.volumes import remove_unused_settings, volumes
from local_engine.runtime.file_lock import LockTimeoutError
from local_engine.runtime.readiness import is_ready
from local_engine.runtime.snapshots.rows import PASSING

if TYPE_CHECKING:
    from docker import APIClient

_PASSING = ", ".join(f"'{name}'" for name in sorted(PASSING))
_HAS_ROWS = f"""
SELECT format('SELECT EXISTS (SELECT FROM %I)', tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename NOT IN ({_PASSING}) \\gexec
"""  # noqa: S608 - constants put together


def undo(
    client: APIClient, place: DeploymentPlace, installation: str, *, killed: bool = False
) -> None:
    """Take back the deploy that the journal of a place names. Call it with the place's lock.

    One that is committed is brought to its end: what it replaced may be gone already. So is one
    that was `killed` and whose service has come up since: somebody may use it. A volume goes only
    if that very deploy made it, and one with rows of a user stays even then.
    """
    journal = place.journal
    if journal is None:
        return
    deployment = deployment_of(client, installation, place.project)
    if journal.committed or (killed and _has_come_up(deployment, journal)):
        _finish(client, place, installation)
        return
    ran = journal.ran and not (deployment is not None and is_owed(deployment))
    made = [
        found
        for found in volumes(client, installation, place.project)
        if (found.get("Labels") or {}).get(DEPLOY) == journal.deploy
    ]
    data = [one for one in made if one["Labels"][PART] == Part.DATA]
    if data and deployment is not None and _has_rows(client, deployment, killed=killed):
        made.remove(*data)
    take_back(client, installation, place.project, journal.deploy, ran)
    if not ours(client, installation, place.project):
        remove_network(client, installation, place.project)
        remove_images(client, installation, place.project)
    for found in made:
        _remove_volume(client, found["Name"])
    place.journal = None
    remove_shared_networks(client, installation)


def _has_come_up(deployment: Deployment | None, journal: Journal) -> bool:
    if deployment is None or deployment.status != "running":
        return False
    own = deployment.parts[Part.SERVICE].labels.get(DEPLOY) == journal.deploy
    return own and is_ready(deployment.port or 0)


def _finish(client: APIClient, place: DeploymentPlace, installation: str) -> None:
    remove_replaced(client, installation, place.project)
    remove_unused_settings(client, installation, place.project)
    place.journal = None


def _has_rows(client: APIClient, deployment: Deployment, *, killed: bool) -> bool:
    """Whether a new database has any row that no migration has made.

    That of a deploy that was killed may have been used and rest now, so it is started to be asked;
    one that does not start counts as used.
    """
    database = deployment.parts.get(Part.DATABASE)
    if database is None or database.state == "created":
        return False
    if killed:
        try:
            with engine_errors():
                client.start(database.id)
            wait_for_database(client, database.id, lambda: None)
        except DeploymentError:
            return True
    elif not database.runs:
        return False
    return "t" in execute(client, database.id, PSQL, _HAS_ROWS).output.split()


def _remove_volume(client: APIClient, name: str) -> None:
    from docker.errors import APIError

    try:
        client.remove_volume(name)
    except APIError as failure:
        if failure.status_code != 404:
            raise


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
                undo(client, place, installation, killed=True)
                if place.project.endswith(ASIDE):
                    remove_all_of(client, installation, place.project, data=True)
                    shutil.rmtree(place.path, ignore_errors=True)
                done.append(place.project)
    return done


@contextlib.contextmanager
def _abandoned(place: DeploymentPlace) -> Iterator[None]:
    """Work on what nobody works on. Raises `LockTimeoutError`."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(place.in_use())
            held.enter_context(place.locked(0.0))
        except FileNotFoundError:  # it has just come to its end by itself
            raise LockTimeoutError from None
        yield

"""Deploys a project: its image, its networks and database, migrations, the service, its port.

Whatever ends it before it is done, an error, a cancellation, the death of this process, leaves the
engine as it was: a journal names the deploy, and everything that it made bears its name.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.runtime.docker import images, readiness, specs
from local_engine.runtime.docker.client import connected, engine_errors, image_id
from local_engine.runtime.docker.containers import Container, ContainerSpec, last_lines
from local_engine.runtime.docker.data.before_migrating import deployed_files, keep_data
from local_engine.runtime.docker.data.door import open_door
from local_engine.runtime.docker.data.older_data import refuse_older_data
from local_engine.runtime.docker.database_owner import make_owner
from local_engine.runtime.docker.deployment import Deployment, deployment_of, lies_in, remains
from local_engine.runtime.docker.detecting import Engine, find_engine
from local_engine.runtime.docker.dockerfile import FILE, Recipe, read_recipe
from local_engine.runtime.docker.errors import CommandFailed, DeploymentError
from local_engine.runtime.docker.installation import installation_id
from local_engine.runtime.docker.labels import IMAGES, Owner, Part
from local_engine.runtime.docker.networks import edge_network, egress_network, inside_network
from local_engine.runtime.docker.own_settings import mark_of, own_settings
from local_engine.runtime.docker.place import (
    ASIDE,
    DeploymentPlace,
    Journal,
    name_of,
    project_key,
)
from local_engine.runtime.docker.publishing import Publishing
from local_engine.runtime.docker.replacing import Replacement
from local_engine.runtime.docker.sweeping import undo
from local_engine.runtime.docker.volumes import secrets_volume, volume, volumes
from local_engine.runtime.events import LogLine, OnEvent, ignore, stage
from local_engine.runtime.readiness import is_ready
from local_engine.runtime.snapshots import Snapshot

if TYPE_CHECKING:
    from docker import APIClient

WAIT_SECONDS = 600.0
"""How long a deploy waits for another one of the same project."""


@dataclass(frozen=True)
class Facts:
    """What is known of a project: its version, for a label; whether its service needs a way out."""

    version: str = ""
    egress: bool = False


@dataclass(frozen=True)
class Wish:
    """What is to be deployed. Without a `port` it is the one of last time, or a free one.

    `facts` is asked while the database starts, because it takes its time to read a project.
    `settings` are environment variables of the service, and no secrets. `aside` deploys it beside
    the project's own deployment, for a verification; then a `door` leads to its database. With
    `rebuild` nothing of an earlier image of the project is used. One that is `worked_on` runs the
    code that is in its folder, and anew whenever that was saved.
    """

    project: Path
    facts: Callable[[], Facts] = Facts
    port: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    aside: bool = False
    door: int | None = None
    rebuild: bool = False
    worked_on: bool = False

    @property
    def key(self) -> str:
        """Under which key the engine knows it."""
        return project_key(self.project) + (ASIDE if self.aside else "")


def deploy(wish: Wish, on_event: OnEvent = ignore) -> Deployment:
    """Deploy a project and wait until it answers. Raises `DeploymentError`."""
    folder = wish.project.resolve()
    if not (folder / "app" / "__main__.py").is_file():
        raise DeploymentError(
            f"{folder} is not a generated project: it has no app/__main__.py.\n"
            "Name the folder of a project, or create one first."
        )
    if not (folder / FILE).is_file():
        raise DeploymentError(
            f"{folder} has no {FILE}.\nGenerate the project again: that writes one."
        )
    with stage(on_event, "engine", "Find the Docker engine"):
        engine = find_engine()
    place = DeploymentPlace.of(wish.key)
    with _alone(place, on_event), connected(engine) as client, engine_errors():
        return _Deploy(client, engine, place, wish, on_event).carry_out()


@contextmanager
def _alone(place: DeploymentPlace, on_event: OnEvent) -> Iterator[None]:
    """Wait for another deploy of the same project, and say so."""
    if not place.is_free():
        on_event(LogLine("Another deploy of this project is under way; this one waits for it."))
    with place.changing(WAIT_SECONDS):
        yield


class _Deploy:
    """One deploy, from its journal's first line to its last."""

    def __init__(
        self,
        client: APIClient,
        engine: Engine,
        place: DeploymentPlace,
        wish: Wish,
        on_event: OnEvent,
    ) -> None:
        self._client = client
        self._engine = engine
        self._place = place
        self._wish = wish
        self._on_event = on_event
        folder = wish.project.resolve()
        self._owner = Owner(
            installation=installation_id(),
            project=place.project,
            name=folder.name,
            folder=str(folder),
            deploy=secrets.token_hex(8),
        )
        self._prefix = place.prefix(name_of(folder))
        self._called_off = threading.Event()
        self._database_id = ""
        self._migration_id = ""
        self._port: int | None = None
        self._is_new = False
        self._data_is_new = False
        self._kept: Snapshot | None = None

    def carry_out(self) -> Deployment:
        """Do it, or leave the engine as it was."""
        if self._place.journal is not None:
            undo(self._client, self._place, self._owner.installation, killed=True)
        before = deployment_of(self._client, self._owner.installation, self._owner.project)
        if not self._wish.aside:
            self._refuse_copy(before)
        self._is_new = before is None
        ran = before is not None and before.is_up
        parts = Replacement(self._client, self._owner, self._prefix)
        journal = Journal(self._owner.deploy, ran)
        self._place.journal = journal
        try:
            self._stages(parts)
            self._place.journal = replace(journal, committed=True)
            parts.commit()
            deployment = deployment_of(self._client, self._owner.installation, self._owner.project)
            assert deployment is not None
        except BaseException as failure:
            self._called_off.set()
            undo(self._client, self._place, self._owner.installation)
            if self._kept is not None and isinstance(failure, DeploymentError):
                raise _with_kept(failure, self._kept) from failure
            raise
        self._place.journal = None
        return deployment

    def _refuse_copy(self, before: Deployment | None) -> None:
        """A copy bears the id of its original, whose data and address it would take over."""
        owner = self._owner
        known = [before] if before is not None else remains(self._client, owner.installation)
        for one in known:
            if one.project == owner.project and not lies_in(one, self._wish.project):
                raise DeploymentError(
                    f"{owner.folder} is a copy of {one.folder}, which is deployed.\n"
                    "Deploy that folder. Or open the copy as a project of its own, which gives it "
                    "an id of its own: without .git/backend-generator/project.json it is one."
                )

    def _stages(self, parts: Replacement) -> None:
        """All stages. What is of no version, the database, comes while the facts are read."""
        recipe = read_recipe(self._wish.project)
        found: Future[specs.Surrounding] = Future()
        with ThreadPoolExecutor(1) as beside:
            database = beside.submit(self._database, parts, recipe, found)
            try:
                with stage(self._on_event, "image", "Build the image"):
                    facts = self._wish.facts()
                    image, proxy = self._images(recipe)
                self._owner = parts.owner = replace(self._owner, version=facts.version)
                around = found.result()
                if facts.egress:
                    around = replace(around, egress=egress_network(self._client, self._owner))
                service, migrate = self._specs(around, image)
                if self._is_new:
                    self._migration_id, service_id = parts.create(migrate), parts.create(service)
            except BaseException:
                self._called_off.set()
                raise
            _result(database, self._called_off)
        files = deployed_files(self._wish.project, self._place)
        if parts.present(service) is None or files.owed is not None:
            parts.make_room(Part.SERVICE, service.stop_seconds)
        if files.owed is not None or not self._answers(parts.present(service)):
            waits = self._is_new and self._data_is_new and files.owed is None
            if not waits:
                self._keep_data(around, proxy)
            with stage(self._on_event, "migrate", "Bring the database up to date"):
                self._migrate(parts, migrate, service_id if waits and not facts.egress else "")
        with stage(self._on_event, "serve", "Start the service"):
            self._serve(parts, service, around, proxy)

    def _specs(self, around: specs.Surrounding, image: str) -> tuple[ContainerSpec, ContainerSpec]:
        """The service, and what migrates its database."""
        code = self._wish.project if self._wish.worked_on else None
        return specs.service(around, image, code), specs.migrate(around, image)

    def _images(self, recipe: Recipe) -> tuple[str, str]:
        """The ids of the project's image and of the proxy's."""
        if image_id(self._client, recipe.runtime_tag) is None:
            for name in recipe.public_images:
                images.fetched(self._client, name, self._log, self._check)
        images.runtime_image(self._client, recipe, self._log, self._check)
        tag = f"{IMAGES}{self._prefix}:latest"
        made = images.project_image(
            self._client,
            self._wish.project,
            recipe,
            self._owner,
            tag,
            self._log,
            anew=self._wish.rebuild,
        )
        self._check()
        return made, images.proxy_image(self._client, recipe, made, self._log)

    def _database(
        self, parts: Replacement, recipe: Recipe, found: Future[specs.Surrounding]
    ) -> None:
        """PostgreSQL, until it is ready. What surrounds all parts is told as soon as it is `found`.

        Where nothing was deployed before, the proxy runs already: connections wait in it.
        """
        client = self._client
        try:
            with engine_errors(), stage(self._on_event, "database", "Start PostgreSQL"):
                images.fetched(client, specs.DATABASE_IMAGE, self._log, self._check)
                image = images.database_image(client, specs.DATABASE_IMAGE, self._log, self._check)
                around = self._around_database(image)
                identity = self._start_database(parts, around, image)
                around = self._around_service(around, image)
                found.set_result(around)
                readiness.wait_for_database(client, identity, self._check)
                make_owner(client, identity)
                self._database_id = identity
                if self._is_new and recipe.shared and image_id(client, recipe.runtime_tag):
                    proxy = images.proxy_image(client, recipe, "", self._log)
                    self._port = self._publish(parts, around, proxy)
        except BaseException as failure:
            if not found.done():
                found.set_exception(failure)
            raise

    def _start_database(self, parts: Replacement, around: specs.Surrounding, image: str) -> str:
        spec = specs.database(around, image)
        present = parts.present(spec)
        identity = present.id if present else parts.create(spec)
        if present is None and not self._data_is_new:
            refuse_older_data(self._client, identity, around.data, self._wish.project.resolve())
        self._client.start(identity)
        return identity

    def _around_database(self, image: str) -> specs.Surrounding:
        client, owner, prefix, place = self._client, self._owner, self._prefix, self._place
        passwords = specs.database_secrets(place.superuser_password, place.database_password)
        known = volumes(client, owner.installation, owner.project, Part.SECRETS)
        name = str(known[0]["Name"]) if known else f"{prefix}-secrets"
        self._data_is_new = not volumes(client, owner.installation, owner.project, Part.DATA)
        return specs.Surrounding(
            inside=inside_network(client, owner, f"{prefix}-inside"),
            data=volume(client, owner, Part.DATA, f"{prefix}-data"),
            secrets=secrets_volume(
                client, owner, Part.SECRETS, name, image, specs.POSTGRES_USER, passwords
            ),
            settings=self._wish.settings,
        )

    def _around_service(self, around: specs.Surrounding, image: str) -> specs.Surrounding:
        """With the proxy's network and the service's secrets; any `image` will do to carry them."""
        client, owner, place = self._client, self._owner, self._place
        # A verification must not send the project's e-mails.
        own = {} if self._wish.aside else own_settings(self._wish.project)
        secret = specs.service_secrets(place.database_password, place.secret_key, own)
        name = f"{self._prefix}-settings-{mark_of(secret, place.secret_key)}"
        return replace(
            around,
            edge=edge_network(client, owner),
            own=secrets_volume(client, owner, Part.SETTINGS, name, image, specs.APP_USER, secret),
        )

    def _answers(self, service: Container | None) -> bool:
        """Whether the very service runs already and is ready: its migrations are applied then."""
        port = self._place.last_port
        return service is not None and service.runs and port is not None and is_ready(port)

    def _keep_data(self, around: specs.Surrounding, proxy: str) -> None:
        """A copy of the data before it is migrated: an undo does not migrate it back."""
        client, owner, place, database = self._client, self._owner, self._place, self._database_id
        self._kept = keep_data(
            client,
            database,
            self._wish.project,
            deployed_files(self._wish.project, place),
            lambda: open_door(client, owner, place, around, proxy, database),
            self._on_event,
        )

    def _migrate(self, parts: Replacement, spec: ContainerSpec, service: str) -> None:
        """A `service` that is new as its database starts beside: until then it is not ready."""
        identity = self._migration_id or parts.create(spec)
        self._client.start(identity)
        if service:
            self._client.start(service)
        code = readiness.wait_for_end(self._client, identity, self._check)
        lines = last_lines(self._client, identity)
        for line in lines:
            self._log(line)
        if code:
            raise CommandFailed("python -m app migrate", code, lines)

    def _serve(
        self,
        parts: Replacement,
        spec: ContainerSpec,
        around: specs.Surrounding,
        proxy_image: str,
    ) -> None:
        present = parts.present(spec)
        identity = present.id if present else parts.create(spec)
        self._client.start(identity)
        port = self._port or self._publish(parts, around, proxy_image)
        readiness.wait_for_service(self._client, identity, port, self._check)
        self._place.last_port = port
        if self._wish.door is not None:
            door = specs.door(around, proxy_image, self._wish.door)
            present = parts.present(door)
            self._client.start(present.id if present else parts.create(door))

    def _publish(self, parts: Replacement, around: specs.Surrounding, image: str) -> int:
        publishing = Publishing(self._client, self._place, parts, self._log)
        return publishing.publish(around, image, self._wish.port)

    def _check(self) -> None:
        if self._called_off.is_set():
            raise DeploymentError("The deploy was called off.")

    def _log(self, line: str) -> None:
        self._on_event(LogLine(line))


def _with_kept(failure: DeploymentError, kept: Snapshot) -> DeploymentError:
    return DeploymentError(
        f"{failure}\nMigrations that were applied before that stay applied. "
        f"The data as it was before them is the snapshot {kept.id}."
    )


def _result(future: Future[None], called_off: threading.Event) -> None:
    """What a thread beside this one gives; it is called off with this one."""
    try:
        future.result()
    except BaseException:
        called_off.set()
        raise

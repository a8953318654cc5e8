"""What a running check has at hand."""

import contextvars
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cached_property
from random import Random
from typing import TypeVar, cast

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import SetUpFailed
from local_engine.verification.controls import Controls
from local_engine.verification.http import Client, NoAnswer, Unreachable
from local_engine.verification.openapi import Document
from local_engine.verification.routes import Route, promised_routes
from local_engine.verification.world import World

T = TypeVar("T")

READY_SECONDS = 20.0


class Context:
    """One verification: the application, the running project, and what checks share.

    `world` raises SetUpFailed when no actors could be made. `background` holds work that a group
    has begun ahead of its turn, by name. `until_reset` is left before the database is replaced.
    """

    def __init__(
        self, application: Application, controls: Controls, http: Client, *, seed: int = 0
    ) -> None:
        self.application = application
        self.controls = controls
        self.http = http
        self.seed = seed
        self.background: dict[str, Future[object]] = {}
        self.until_reset = ExitStack()
        self._shared: dict[Hashable, object] = {}
        self._lasting: dict[Hashable, object] = {}
        self._world: World | SetUpFailed = SetUpFailed("no world was made")

    @property
    def world(self) -> World:
        """Actors and rows."""
        if isinstance(self._world, SetUpFailed):
            raise self._world
        return self._world

    @world.setter
    def world(self, world: World | SetUpFailed) -> None:
        self._world = world

    @property
    def has_world(self) -> bool:
        """Whether actors could be made."""
        return not isinstance(self._world, SetUpFailed)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The routes that the Blueprint promises."""
        return promised_routes(self.application)

    @cached_property
    def document(self) -> Document:
        """The running service's OpenAPI document; raises SetUpFailed where there is none."""
        answer = self.http.send("GET", "/openapi.json")
        if answer.status != 200 or not isinstance(answer.json, dict):
            raise SetUpFailed(f"no OpenAPI document: {answer}", (answer,))
        return Document(answer.json)

    def random(self, *names: object) -> Random:
        """A source of chance that depends on the seed and these names only."""
        return Random("/".join(map(str, (self.seed, *names))))  # noqa: S311 - not for secrets

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once for all checks of a group; a failed set-up is kept too."""
        return _once(self._shared, key, make)

    def once_for_all(self, key: Hashable, make: Callable[[], T]) -> T:
        """The same for what no database has a part in: it is made once for all groups."""
        return _once(self._lasting, key, make)

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait for `GET /ready` to answer 200; raises SetUpFailed when it does not in time."""
        deadline = time.monotonic() + seconds
        pause, last = 0.005, "no answer"
        while True:
            try:
                answer = self.http.send("GET", "/ready")
                if answer.status == 200:
                    return
                last = str(answer)
            except (NoAnswer, Unreachable) as error:
                last = str(error)
            if time.monotonic() > deadline:
                raise SetUpFailed(f"the service was not ready within {seconds:g} s: {last}")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.1)

    def reset(self) -> None:
        """Begin again from the template database; what checks shared is gone."""
        self._shared.clear()
        self.until_reset.close()
        self.controls.reset()
        if self.has_world:
            self.world.forget()
        self.reconnect()

    def restart(self, *, kill: bool = False) -> None:
        """Restart the service and wait until it is ready."""
        self.controls.restart(kill=kill)
        self.reconnect()

    def reconnect(self) -> None:
        """Talk to the service anew, as after a restart, once it is ready."""
        self.http.move_to(self.controls.base_url)
        self.wait_until_ready()

    @contextmanager
    def settings(self, **env: str) -> Iterator[None]:
        """Let the service run with other settings inside."""
        try:
            with self.controls.with_settings(**env):
                self.reconnect()
                yield
        finally:
            self.reconnect()


def _once(kept: dict[Hashable, object], key: Hashable, make: Callable[[], T]) -> T:
    made = kept.get(key)
    if key not in kept:
        try:
            made = make()
        except SetUpFailed as error:
            made = error
        kept[key] = made
    if isinstance(made, SetUpFailed):
        raise made
    return cast(T, made)


def together(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Run the calls at once, each in a thread of its own; results in the order of the calls.

    What happens in them is recorded like what happens here. The first exception is raised again.
    """
    with ThreadPoolExecutor(max_workers=max(len(calls), 1)) as pool:
        futures = [pool.submit(contextvars.copy_context().run, call) for call in calls]
        return [future.result() for future in futures]

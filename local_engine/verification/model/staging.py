"""Scenes in the running service, kept from check to check as long as they are as they should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification.checks import SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange, Request
from local_engine.verification.model.consequences import check_consequences
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.scenes import Scene, Situation, plan_scene, renew
from local_engine.verification.model.stage import translated
from local_engine.verification.model.witness import Witness
from local_engine.verification.model.world import ModelWorld

T = TypeVar("T")


def world_of(context: Context) -> ModelWorld:
    """The world with its model; raises SetUpFailed where there is another one."""
    world = context.world
    if not isinstance(world, ModelWorld):
        raise SetUpFailed("the actors were not made by the model")
    return world


class Staging:
    """The scenes of one world. A scene that was used up is made anew when it is needed."""

    def __init__(self, world: ModelWorld) -> None:
        self.world = world
        self._scenes: dict[tuple[str, str], Scene] = {}
        self._spent: set[tuple[str, str]] = set()

    def scene(self, entity: Entity, situation: Situation | None) -> Scene:
        """The scene of an entity in a situation. Raises CannotMake or SetUpFailed."""
        key = (entity.name, str(situation))
        kept = self._scenes.get(key)
        if kept is None or self.world.stage.lost:
            kept = self._plan(lambda maker: plan_scene(maker, entity, situation))
        elif key in self._spent or self.world.model.store.find(entity.name, kept.row) is None:
            again = kept
            kept = self._plan(lambda maker: renew(maker, again))
        self._spent.discard(key)
        self._scenes[key] = kept
        return kept

    def _plan(self, plan: Callable[[Maker], Scene]) -> Scene:
        scene, ids = self.world.perform(plan)
        values = {name: _real(value, ids) for name, value in scene.values.items()}
        return replace(scene, row=_real(scene.row, ids), values=values)

    def spend(self, scene: Scene) -> None:
        """The row of this scene is no longer in its situation."""
        self._spent.add((scene.entity.name, str(scene.situation)))

    def drop(self) -> None:
        """Nothing is certain any more."""
        self._scenes.clear()

    def request(self, plan: Callable[[Maker], Request]) -> Request:
        """A request as planned, after what it needs has been done."""
        planned, ids = self.world.perform(plan)
        return translated(planned, ids)


def _real(value: Any, ids: dict[str, str]) -> Any:
    return ids.get(value, value) if isinstance(value, str) else value


def staging_of(context: Context) -> Staging:
    """The scenes of a running verification.

    Begins on a fresh database where the service has done what the model cannot follow.
    """
    if world_of(context).stage.lost:
        context.reset()
    return context.once("staging", lambda: Staging(world_of(context)))


def witness_of(context: Context) -> Witness:
    """What tells whether anything in the database has changed."""
    return context.once("witness", lambda: Witness(context.application, context.controls))


def attempt_and_follow(context: Context, staging: Staging, request: Request) -> Exchange:
    """Send a request whose answer must be the model's, and look up what it has brought about."""
    before = staging.world.model.store
    exchange = attempt(context, staging, request)
    if exchange.status < 400:
        check_consequences(staging.world, before, exchange)
    return exchange


def attempt(context: Context, staging: Staging, request: Request) -> Exchange:
    """Send a request whose answer must be the model's; a refusal must change nothing."""
    stage, witness = staging.world.stage, witness_of(context)
    expected = stage.model.decide(request)
    if request.method == "GET":
        return stage.check(request)
    if expected.allowed:
        return stage.check(request)
    witness.before(stage.writes)
    exchange = stage.check(request)
    witness.unchanged(exchange)
    return exchange

"""A world that knows what checks do past it.

The world plans rows with a model of what is stored: which value is taken, who has voted already.
Checks that write by themselves would put it wrong, so each of their successful writes is told.
"""

from functools import partial

from local_engine.verification.context import Context
from local_engine.verification.http import Exchange
from local_engine.verification.model.world import ModelWorld, build_world


def following_world(context: Context) -> ModelWorld:
    """Make the actors, and a world that follows all writes; raises SetUpFailed."""
    world = build_world(context)
    context.http.on_write = partial(_follow, world)
    return world


def _follow(world: ModelWorld, exchange: Exchange) -> None:
    expected = world.model.decide(exchange.request)
    if exchange.status in expected.statuses:
        world.model.accept(expected, exchange.json, exchange.header("etag"))

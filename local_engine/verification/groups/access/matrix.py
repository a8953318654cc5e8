"""The matrix: every route of every entity for everybody, each in every situation that matters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.verification.actors import Actor
from local_engine.verification.checks import Cell, Check, CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.access.requests import plan_request
from local_engine.verification.http import Exchange
from local_engine.verification.model.outcome import Expected
from local_engine.verification.model.scenes import Scene, Situation, situations
from local_engine.verification.model.simulated import simulated_world
from local_engine.verification.model.staging import Staging, attempt, staging_of
from local_engine.verification.routes import Kind, Route, kebab, promised_routes, snake
from local_engine.verification.world import CannotMake

CHANGING = frozenset({Kind.DELETE, Kind.TRANSITION, Kind.OPERATION})


@dataclass
class Column:
    """What one actor may expect of one route: the outcome in each situation."""

    route: Route
    label: str
    outcomes: dict[Situation | None, str] = field(default_factory=dict)

    def words(self) -> str:
        """The outcomes in a few words."""
        first = self.outcomes.get(None)
        others = [
            f"{outcome} when {situation}"
            for situation, outcome in self.outcomes.items()
            if situation is not None and outcome != first
        ]
        return "; ".join([first or "", *others] if first else others)


def outcome(expected: Expected) -> str:
    """An expected answer as the matrix shows it."""
    if expected.allowed:
        return "allowed"
    return " or ".join(str(status) for status in sorted(expected.statuses))


def routes_of(application: Application, entity: Entity) -> list[Route]:
    """The routes on which rows of an entity are met."""
    return [
        route
        for route in promised_routes(application)
        if route.entity == entity.name
        and route.kind not in (Kind.REPORT, Kind.FEED, Kind.ACCOUNT)
        and not (route.kind is Kind.NESTED and _is_collection(application, entity, route))
    ]


def _is_collection(application: Application, entity: Entity, route: Route) -> bool:
    """Whether the nested list is the tenant's own list, which is there anyway."""
    tenancy = application.tenancy
    return bool(tenancy and entity.tenanted and route.path.count("{") == 1)


def checks(application: Application, entity: Entity) -> Iterator[Check]:
    """The checks of one entity, worked out in a simulation."""
    try:
        columns = derive(application, entity)
    except CannotMake as error:
        yield Check(
            f"access.{snake(entity.name)}",
            f"Access to {entity.name} is as the Blueprint says.",
            None,
            f"no row can come about: {error}",
        )
        return
    for column in columns:
        route = column.route
        yield Check(
            f"access.{slug(route)}.{snake(entity.name)}.{column.label}",
            f"{route} for {column.label}: {column.words()}.",
            partial(_run, entity, column),
            cell=Cell(str(route), column.label, column.words()),
        )


def slug(route: Route) -> str:
    """What is done by a route, as ids of checks say it."""
    if route.kind in (Kind.FILE, Kind.LINKS):
        return f"{route.method.lower()}-{kebab(route.name)}"
    if route.kind is Kind.NESTED:
        return f"list-by-{snake(route.path.split('{')[-1].partition('_id')[0])}-{kebab(route.name)}"
    return kebab(route.name) if route.name else route.kind.value


def derive(application: Application, entity: Entity) -> list[Column]:
    """What everybody is to get on every route, in the situations that make a difference."""
    staging = Staging(simulated_world(application))
    columns: dict[tuple[Route, str], Column] = {}
    known: set[tuple[str, ...]] = set()
    for situation in situations(application, entity):
        try:
            found = _outcomes(application, staging, entity, situation)
        except (CannotMake, SetUpFailed):
            if situation is None:
                raise
            continue
        vector = tuple(f"{key} {text}" for key, text in found.items())
        if vector in known:
            continue
        known.add(vector)
        for (route, label), text in found.items():
            column = columns.setdefault((route, label), Column(route, label))
            column.outcomes[situation] = text
    return list(columns.values())


def _outcomes(
    application: Application, staging: Staging, entity: Entity, situation: Situation | None
) -> dict[tuple[Route, str], str]:
    found: dict[tuple[Route, str], str] = {}
    scene = staging.scene(entity, situation)
    for route in routes_of(application, entity):
        for label, actor in scene.actors.items():
            maker = staging.world.maker()
            try:
                request = plan_request(maker, scene, route, actor)
            except CannotMake:
                continue
            found[route, label] = outcome(maker.sketch.decide(request))
    return found


def _run(entity: Entity, column: Column, context: Context) -> None:
    staging = staging_of(context)
    for situation in column.outcomes:
        scene = staging.scene(entity, situation)
        actor = scene.actors.get(column.label)
        if actor is None:
            raise SetUpFailed(f"there is no {column.label} for {entity.name}")
        try:
            _meet(context, staging, scene, column.route, actor)
        except CheckFailed:
            staging.drop()
            raise


def _meet(context: Context, staging: Staging, scene: Scene, route: Route, actor: Actor) -> Exchange:
    """Let an actor use a route; what is refused must change nothing."""
    request = staging.request(lambda maker: plan_request(maker, scene, route, actor))
    exchange = attempt(context, staging, request)
    if route.kind in CHANGING and exchange.status < 400:
        staging.spend(scene)
    return exchange

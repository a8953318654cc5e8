"""Routes that are about no single row: operations, reports, feeds and accounts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.checks import Cell, Check, CheckFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.access.matrix import outcome
from local_engine.verification.groups.access.requests import plan_operation, report_path
from local_engine.verification.http import Request
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.memberships import make_foreign
from local_engine.verification.model.simulated import simulated_world
from local_engine.verification.model.sketch import build
from local_engine.verification.model.staging import Staging, attempt, staging_of
from local_engine.verification.routes import Kind, Route, kebab, promised_routes
from local_engine.verification.world import CannotMake

KINDS = (Kind.OPERATION, Kind.REPORT, Kind.FEED)


def checks(application: Application) -> Iterator[Check]:
    """The checks of operations on no row, of reports and of feeds."""
    staging = Staging(simulated_world(application))
    for route in promised_routes(application):
        if route.kind in KINDS and not (route.kind is Kind.OPERATION and route.entity):
            yield from _checks(staging, route)


def _checks(staging: Staging, route: Route) -> Iterator[Check]:
    name = f"access.{route.kind.value}.{kebab(route.name)}"
    for label in labels(staging.world.application):
        maker = staging.world.maker()
        try:
            request = plan(maker, route, label)
        except CannotMake as error:
            yield Check(
                f"{name}.{label}", f"{route} for {label}.", None, f"it cannot be tried: {error}"
            )
            continue
        expected = outcome(maker.sketch.decide(request))
        yield Check(
            f"{name}.{label}",
            f"{route} for {label}: {expected}.",
            partial(_run, route, label),
            cell=Cell(str(route), label, expected),
        )


def labels(application: Application) -> list[str]:
    """Everybody who may stand in some relation to the whole system, or to the tenant."""
    found = ["anonymous", "user", *application.accounts.roles]
    if "admin" not in found:
        found.append("admin")
    tenancy = application.tenancy
    if tenancy:
        members = application.entities[tenancy.tenant].members
        found += [f"member:{role}" for role in (members.roles if members else ())]
        found.append("foreign")
    return found


def _actor(maker: Maker, label: str) -> Actor:
    tenancy = maker.application.tenancy
    if tenancy:
        maker.home_id()
        make_foreign(maker, tenancy)
    return ANONYMOUS if label == "anonymous" else maker.cast[label]


def plan(maker: Maker, route: Route, label: str) -> Request:
    """Plan the use of a route by somebody. Raises CannotMake."""
    actor = _actor(maker, label)
    if route.kind is Kind.OPERATION:
        return plan_operation(maker, route, actor)
    return build("GET", report_path(maker, route), actor)


def _run(route: Route, label: str, context: Context) -> None:
    staging = staging_of(context)
    if route.kind is not Kind.OPERATION:
        context.once(("rows", route.entity), lambda: _some_rows(staging, route.entity))
    request = staging.request(lambda maker: plan(maker, route, label))
    try:
        attempt(context, staging, request)
    except CheckFailed:
        staging.drop()
        raise


def _some_rows(staging: Staging, entity: str) -> bool:
    """Have some rows there that a report or feed might be about, of several people."""

    def make(maker: Maker) -> bool:
        made = maker.try_make(entity, {})
        for kind in ("other", "third"):
            made |= maker.try_make(entity, {}, maker.cast[kind])
        return made

    return staging.world.perform(make)[0]

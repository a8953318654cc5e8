"""Accounts: lists of users and roles are the admin's, one's own account is one's own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.actors import ANONYMOUS
from local_engine.verification.checks import Cell, Check
from local_engine.verification.context import Context
from local_engine.verification.groups.access.matrix import outcome
from local_engine.verification.http import Request
from local_engine.verification.model.simulated import simulated_world
from local_engine.verification.model.sketch import build
from local_engine.verification.model.staging import Staging, attempt, staging_of
from local_engine.verification.model.world import ModelWorld

ROUTES = (
    ("GET", "/users", "list"),
    ("GET", "/users/{id}", "read"),
    ("PUT", "/users/{id}/roles", "roles"),
    ("GET", "/users/me", "read-own"),
    ("PATCH", "/users/me", "update-own"),
)


def checks(application: Application) -> Iterator[Check]:
    """The checks of accounts."""
    staging = Staging(simulated_world(application))
    for method, path, what in ROUTES:
        for label in ("anonymous", "user", *application.accounts.roles):
            request = _request(staging.world, method, path, label)
            expected = outcome(staging.world.model.decide(request))
            yield Check(
                f"access.users.{what}.{label}",
                f"{method} {path} for {label}: {expected}.",
                partial(_run, method, path, label),
                cell=Cell(f"{method} {path}", label, expected),
            )


def _request(world: ModelWorld, method: str, path: str, label: str) -> Request:
    actor = ANONYMOUS if label == "anonymous" else world.cast[label]
    other = world.cast["other"]
    target = path.replace("{id}", other.id)
    if method == "PUT":
        return build(method, target, actor, {"roles": list(other.roles)})
    return build(method, target, actor, {} if method == "PATCH" else ...)


def _run(method: str, path: str, label: str, context: Context) -> None:
    staging = staging_of(context)
    attempt(context, staging, _request(staging.world, method, path, label))

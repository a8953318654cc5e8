"""Contract: routes, statuses, headers and bodies are as docs/blueprint.md says."""

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Check
from local_engine.verification.groups.contract import (
    bodies,
    filters,
    idempotency,
    limits,
    lists,
    paths,
    rows,
)
from local_engine.verification.registry import Group


def checks(application: Application) -> Iterator[Check]:
    """The checks of this group."""
    yield from paths.checks(application)
    yield from bodies.checks(application)
    for entity in application.own_entities:
        yield from rows.checks(application, entity)
        yield from idempotency.checks(entity)
        yield from limits.checks(entity)
        yield from lists.checks(entity)
        yield from filters.checks(entity)


GROUP = Group("contract", "Routes, statuses and bodies are as the Blueprint says", checks, effort=2)

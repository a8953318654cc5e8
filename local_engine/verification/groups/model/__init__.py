"""Model: every rule, state and operation does what it says, and what it forbids changes nothing."""

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Check
from local_engine.verification.groups.model import (
    amounts,
    conditions,
    intervals,
    operations,
    protocol,
    references,
    rows,
    states,
    uniqueness,
)
from local_engine.verification.model.words import with_articles
from local_engine.verification.registry import Group


def checks(application: Application) -> Iterator[Check]:
    """The checks of this group."""
    yield from with_articles(_checks(application))


def _checks(application: Application) -> Iterator[Check]:
    for entity in application.own_entities:
        yield from rows.checks(entity)
        yield from uniqueness.checks(entity)
        yield from amounts.checks(entity)
        yield from intervals.checks(entity)
        yield from conditions.checks(entity)
        yield from states.checks(entity)
        yield from references.checks(application, entity)
        yield from protocol.checks(entity)
    yield from conditions.application_checks(application)
    yield from operations.checks(application)
    yield from protocol.operation_checks(application)


GROUP = Group("model", "Rules, states and operations do what the Blueprint says", checks)

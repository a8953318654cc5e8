"""Access: everybody may do exactly what the Blueprint says, and what is refused changes nothing."""

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Check
from local_engine.verification.groups.access import (
    accounts,
    collections,
    hidden,
    keys,
    leaks,
    matrix,
    members,
)
from local_engine.verification.model.words import with_articles
from local_engine.verification.registry import Group


def checks(application: Application) -> Iterator[Check]:
    """The checks of this group."""
    yield from with_articles(_checks(application))


def _checks(application: Application) -> Iterator[Check]:
    for entity in application.own_entities:
        yield from matrix.checks(application, entity)
        yield from hidden.checks(entity)
        yield from leaks.checks(entity)
        yield from keys.checks(application, entity)
        yield from members.checks(application, entity)
    yield from collections.checks(application)
    yield from hidden.operation_checks(application)
    yield from accounts.checks(application)


GROUP = Group("access", "Everybody may do exactly what the Blueprint says", checks, effort=2)

"""Input: what is outside a field's limits is refused, whatever it is; nothing breaks."""

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Check
from local_engine.verification.groups.inputs import assignment, fields, hostile, queries
from local_engine.verification.registry import Group


def checks(application: Application) -> Iterator[Check]:
    """The checks of this group."""
    for entity in application.own_entities:
        yield from fields.checks(application, entity)
        yield from assignment.checks(application, entity)
        yield from queries.checks(entity)
    yield from hostile.checks(application)


GROUP = Group("input", "Bad input is refused and changes nothing", checks)

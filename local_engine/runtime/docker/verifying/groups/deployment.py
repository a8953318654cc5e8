"""Deployment: it keeps what it acknowledged, tells the truth, ends in order, and can be two."""

from __future__ import annotations

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Application
from local_engine.runtime.docker.verifying.groups import (
    draining,
    lasting,
    migrating,
    readiness,
    replicas,
)
from local_engine.verification.checks import Check
from local_engine.verification.registry import Group


def checks(_: Application) -> Iterator[Check]:
    """The checks of this group."""
    for part in (readiness, draining, lasting, migrating, replicas):
        for name, sentence, run, about_limits in part.CHECKS:
            yield Check(f"deployment.{name}", sentence, run, about_limits=about_limits)


GROUP = Group(
    "deployment", "It survives what happens to a deployment, alone or as two", checks, effort=4
)

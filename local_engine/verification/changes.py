"""Which checks a change of the Blueprint brings, and which it takes away."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Check
from local_engine.verification.groups import GROUPS


@dataclass(frozen=True)
class CheckChanges:
    """Checks that only the new Blueprint has, and those that only the old one had."""

    new: tuple[Check, ...]
    gone: tuple[Check, ...]


def check_changes(before: Application, after: Application) -> CheckChanges:
    """Compares the checks that follow from two Blueprints, by their ids; nothing is run."""
    old, present = _derived(before), _derived(after)
    return CheckChanges(
        tuple(check for name, check in present.items() if name not in old),
        tuple(check for name, check in old.items() if name not in present),
    )


def _derived(application: Application) -> dict[str, Check]:
    return {check.id: check for group in GROUPS for check in group.checks(application)}

"""Failures that are nobody's fault: what fails is tried once more, without changing anything."""

from __future__ import annotations

from collections.abc import Callable

from local_engine.repair.standing import Standing, merged
from local_engine.repair.trying import MACHINE_FAILS, Trials


def first_standing(trials: Trials) -> Standing:
    """How the project stands; where the machine fails, not the project, it is asked twice.

    Raises what the machine fails with the second time.
    """
    return _twice(lambda: trials.all({}, "the project as it is"))


def confirmed(trials: Trials, first: Standing) -> Standing:
    """The standing with what failed checked once more, and the lines that the service then wrote.

    What passes the second time had another cause than the project: a busy machine, say.
    """
    if first.report is None:
        return _twice(lambda: trials.all({}, "the project as it is, once more"))
    again = _twice(lambda: trials.some({}, first.failing_groups, "what failed, once more as it is"))
    return merged(first, again) if again.starts else first


def _twice(attempt: Callable[[], Standing]) -> Standing:
    try:
        return attempt()
    except MACHINE_FAILS:
        return attempt()

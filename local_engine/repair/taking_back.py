"""Finds the fewest of the user's hunks that make a project pass when they are taken back.

No model is asked: what the generator wrote is known to be right, so some of the hunks are guilty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local_engine.repair.delta_debugging import smallest
from local_engine.repair.hunks import Hunk, without
from local_engine.repair.standing import Standing
from local_engine.repair.trying import Changes, Trials

_FIRST_GROUPS = ("static", "boot")
"""What is looked at first in a project that does not even start."""


@dataclass(frozen=True)
class TakenBack:
    """The guilty hunks, the files without them, and how the project stands then."""

    hunks: tuple[Hunk, ...]
    changes: Changes
    standing: Standing


def take_back(
    trials: Trials, generated: Mapping[str, bytes], hunks: Sequence[Hunk], before: Standing
) -> TakenBack | None:
    """The smallest set of hunks without which all passes that passes without any of them.

    While candidates are told apart, only the groups that failed before are checked; the winner is
    checked as a whole, and where another group then fails, that one counts from there on. None
    where the project is no better without any of the hunks: then they are not guilty.
    """

    def changes_of(part: Sequence[Hunk]) -> Changes:
        return without(generated, trials.files, part)

    everything = trials.all(changes_of(hunks), f"without any of {len(hunks)} edits")
    wanted = everything.passed - before.passed
    if not wanted:
        return None
    groups = list(before.failing_groups or trials.groups or _FIRST_GROUPS)

    def suffices(part: Sequence[Hunk]) -> bool:
        places = ", ".join(hunk.place for hunk in part)
        standing = trials.some(changes_of(part), groups, f"without {places}")
        needed = {check for check in everything.passed if check.partition(".")[0] in groups}
        return needed <= standing.passed

    while True:
        part = smallest(hunks, suffices)
        changes = changes_of(part)
        standing = (
            everything if len(part) == len(hunks) else trials.all(changes, "without the guilty")
        )
        missing = {check.partition(".")[0] for check in everything.passed - standing.passed}
        if not missing - set(groups):
            return TakenBack(tuple(part), changes, standing)
        groups += sorted(missing - set(groups))

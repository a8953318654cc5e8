"""How a state of a project stands: what passes, what fails, and which of two states is better."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from local_engine.verification import Report, Result, Verdict

_CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|0x[0-9a-f]+|\d+", re.IGNORECASE
)
"""What differs from run to run: ids, addresses, numbers."""


@dataclass(frozen=True)
class Standing:
    """What a verification came to. `trouble` says why there is no report: it did not start.

    `logs` are lines that the service wrote, as far as they are known.
    """

    report: Report | None
    trouble: str = ""
    logs: tuple[str, ...] = ()

    @property
    def starts(self) -> bool:
        """Whether it migrates an empty database and boots."""
        return self.report is not None

    @property
    def results(self) -> tuple[Result, ...]:
        """The result of every check that was run."""
        return self.report.results if self.report is not None else ()

    @property
    def passed(self) -> frozenset[str]:
        """The checks that passed."""
        return frozenset(one.check for one in self.results if one.verdict is Verdict.PASSED)

    @property
    def failing(self) -> tuple[Result, ...]:
        """The results of checks that failed, or could not be carried out."""
        bad = (Verdict.FAILED, Verdict.INCONCLUSIVE)
        return tuple(one for one in self.results if one.verdict in bad)

    @property
    def failing_groups(self) -> tuple[str, ...]:
        """The groups that have such checks."""
        return tuple(dict.fromkeys(one.group for one in self.failing))

    @property
    def is_clean(self) -> bool:
        """Whether nothing fails."""
        return self.starts and not self.failing

    @property
    def score(self) -> tuple[bool, int]:
        """The more, the better: it starts, and checks that passed.

        That fewer fail says nothing: a Blueprint that promises less has fewer checks.
        """
        return self.starts, len(self.passed)

    @property
    def signature(self) -> str:
        """The same for the same failures, whatever ids and numbers are in them."""
        parts = [f"{one.check}: {_CHANGING.sub('#', one.reason)}" for one in self.failing]
        text = "\n".join([_CHANGING.sub("#", self.trouble), *sorted(parts)])
        return sha256(text.encode()).hexdigest()


def merged(before: Standing, some: Standing) -> Standing:
    """A standing with newer results of some groups, and the lines written for these."""
    if before.report is None or some.report is None:
        return some
    newer = {group.group: group for group in some.report.groups}
    groups = tuple(newer.get(group.group, group) for group in before.report.groups)
    return Standing(replace(before.report, groups=groups), logs=some.logs)


def newly_failing(before: Standing, after: Standing) -> tuple[str, ...]:
    """The checks that passed before and do not any more, whatever became of them."""
    return tuple(sorted(before.passed - after.passed))


def is_better(before: Standing, after: Standing) -> bool:
    """Whether the score rises and nothing fails that passed before."""
    return after.score > before.score and not newly_failing(before, after)


def in_words(standing: Standing) -> str:
    """A standing in a few words."""
    if not standing.starts:
        return "it does not start"
    return f"{len(standing.passed)} passed, {len(standing.failing)} not"


def sentences(results: Sequence[Result], limit: int = 20) -> list[str]:
    """What fails, in plain words."""
    return [f"{one.sentence} ({one.check}): {one.reason}" for one in results[:limit]]

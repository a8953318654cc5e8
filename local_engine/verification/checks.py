"""Checks, their verdicts and their evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from local_engine.verification.http import Exchange

if TYPE_CHECKING:
    from local_engine.verification.context import Context


class Verdict(StrEnum):
    """What a check came to.

    `inconclusive`: the check could not be carried out, so it says nothing about the project.
    `not_applicable`: the Blueprint gives it nothing to check.
    """

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Cell:
    """A check's place in the access matrix: who does what, and what is to come of it."""

    operation: str
    actor: str
    expected: str


@dataclass(frozen=True)
class Check:
    """One thing that is to be shown about the running project.

    `id` begins with the group's name and stays the same for the same Blueprint, such as
    `access.update.post.stranger`. `sentence` says in plain words what holds when it passes.
    `run` returns when it holds and raises CheckFailed when not; with `run` None the check does not
    apply and `reason` says why. A check `about_limits` means to meet 429; others begin again on a
    fresh database when a rate limit gets in their way.
    """

    id: str
    sentence: str
    run: Callable[[Context], None] | None
    reason: str = ""
    cell: Cell | None = None
    about_limits: bool = False

    @property
    def group(self) -> str:
        """The name of the group that the check belongs to."""
        return self.id.partition(".")[0]


class CheckFailed(Exception):
    """The project does not do what the check says.

    `exchanges` end with the one that shows it. `claim` is a Python expression over `answer` (that
    last answer, an `httpx.Response`) which would be true if the project were right. Failures with
    the same `root` have one cause; without one it is worked out from the last exchange.
    """

    def __init__(
        self,
        expected: str,
        found: str,
        exchanges: Sequence[Exchange] = (),
        *,
        claim: str = "",
        root: str = "",
    ) -> None:
        super().__init__(f"expected {expected}; found {found}")
        self.expected = expected
        self.found = found
        self.exchanges = tuple(exchanges)
        self.claim = claim
        self.root = root


class SetUpFailed(Exception):
    """Something that the check needs first could not be made, so nothing was shown."""

    def __init__(self, reason: str, exchanges: Sequence[Exchange] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exchanges = tuple(exchanges)


class NotApplicable(Exception):
    """Found while running: there is nothing to check here; the message says why."""


@dataclass(frozen=True)
class Evidence:
    """What shows a failure, with secrets masked.

    `curl` is a shell script and `pytest` a test module; both do the least that shows it.
    """

    expected: str
    found: str
    exchanges: tuple[Exchange, ...] = ()
    curl: str = ""
    pytest: str = ""


@dataclass(frozen=True)
class Result:
    """A check's verdict, with evidence where it failed.

    `requests` are one line each ("POST /todos -> 201"), the first few where there are many;
    `root` is the same text for all failures that have one cause.
    """

    check: str
    group: str
    sentence: str
    verdict: Verdict
    reason: str = ""
    seconds: float = field(default=0.0, compare=False)
    requests: tuple[str, ...] = ()
    evidence: Evidence | None = None
    root: str = ""
    cell: Cell | None = None

"""What happens during a verification, as typed events for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_engine.verification.checks import Result

if TYPE_CHECKING:
    from local_engine.verification.report import GroupReport, Report


@dataclass(frozen=True)
class GroupStarted:
    """A group begins; `checks` is how many it will run."""

    group: str
    title: str
    checks: int


@dataclass(frozen=True)
class CheckFinished:
    """A check has its verdict."""

    result: Result


@dataclass(frozen=True)
class GroupFinished:
    """All checks of a group have theirs."""

    report: GroupReport


@dataclass(frozen=True)
class VerificationFinished:
    """Everything is done."""

    report: Report


Event = GroupStarted | CheckFinished | GroupFinished | VerificationFinished
OnEvent = Callable[[Event], None]

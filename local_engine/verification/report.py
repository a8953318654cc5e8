"""The outcome of a verification."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from local_engine.verification.checks import Evidence, Result, Verdict


@dataclass(frozen=True)
class GroupReport:
    """The results of one group, in the order of its checks."""

    group: str
    title: str
    results: tuple[Result, ...]
    seconds: float = field(default=0.0, compare=False)

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many checks have each verdict."""
        return count(self.results)

    @property
    def verdict(self) -> Verdict:
        """The group's verdict as a whole."""
        return overall(self.counts)


@dataclass(frozen=True)
class Finding:
    """Failures that have one cause: the first of them shows it, `checks` names them all."""

    root: str
    sentence: str
    checks: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True)
class Row:
    """One operation of the access matrix: results by the actor's label."""

    operation: str
    cells: Mapping[str, Result]


@dataclass(frozen=True)
class Report:
    """A verification of one application: `started_at` is RFC 3339 in UTC, times in seconds."""

    application: str
    seed: int
    groups: tuple[GroupReport, ...]
    started_at: str = field(default="", compare=False)
    seconds: float = field(default=0.0, compare=False)

    @property
    def results(self) -> tuple[Result, ...]:
        """All results, group by group."""
        return tuple(result for group in self.groups for result in group.results)

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many checks have each verdict."""
        return count(self.results)

    @property
    def verdict(self) -> Verdict:
        """Failed if anything failed, else inconclusive if anything was, else passed."""
        return overall(self.counts)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What failed, one finding a cause."""
        causes: dict[str, list[Result]] = {}
        for result in self.results:
            if result.verdict is Verdict.FAILED:
                causes.setdefault(result.root or result.check, []).append(result)
        return tuple(
            Finding(
                root,
                results[0].sentence,
                tuple(result.check for result in results),
                results[0].evidence or Evidence("", results[0].reason),
            )
            for root, results in causes.items()
        )

    @property
    def actors(self) -> tuple[str, ...]:
        """The columns of the access matrix, in the order they were met."""
        cells = (result.cell for result in self.results)
        return tuple(dict.fromkeys(cell.actor for cell in cells if cell))

    @property
    def matrix(self) -> tuple[Row, ...]:
        """The access matrix: what each actor may do, as it was found."""
        rows: dict[str, dict[str, Result]] = {}
        for result in self.results:
            if result.cell:
                rows.setdefault(result.cell.operation, {})[result.cell.actor] = result
        return tuple(Row(operation, cells) for operation, cells in rows.items())


def count(results: Iterable[Result]) -> dict[Verdict, int]:
    """How many results have each verdict; every verdict is a key."""
    counted = Counter(result.verdict for result in results)
    return {verdict: counted[verdict] for verdict in Verdict}


def overall(counts: Mapping[Verdict, int]) -> Verdict:
    """One verdict for all: a single failure makes it failed."""
    for verdict in (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.PASSED):
        if counts[verdict]:
            return verdict
    return Verdict.NOT_APPLICABLE

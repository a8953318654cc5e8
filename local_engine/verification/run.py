"""Runs groups of checks against a running project and gives a report."""

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.beside import SecondLane
from local_engine.verification.controls import Controls
from local_engine.verification.events import Event, OnEvent, VerificationFinished
from local_engine.verification.following import following_world
from local_engine.verification.groups import GROUPS
from local_engine.verification.lane import Lane, MakeWorld, open_lane
from local_engine.verification.registry import Group
from local_engine.verification.report import GroupReport, Report


def verify(
    application: Application,
    controls: Controls,
    *,
    second: SecondLane | None = None,
    groups: Iterable[str] | None = None,
    more: Sequence[Group] = (),
    seed: int = 0,
    on_event: OnEvent | None = None,
    budget: float | None = None,
    make_world: MakeWorld = following_world,
) -> Report:
    """Check the running project against its Blueprint.

    `groups` names those to run (default all; raises ValueError for a name that does not exist).
    `more` are groups that this way of running the project allows beyond those of every one.
    `budget` is in seconds: checks that it leaves no time for are inconclusive. With a `second` lane
    two groups run at a time. The same project and seed give the same verdicts, whatever groups run,
    in whatever order and on however many lanes. `on_event` is called by one thread at a time. Never
    raises for what the project or a check does.
    """
    chosen = choose(groups, more)
    deadline = None if budget is None else time.monotonic() + budget
    started, clock = datetime.now(UTC), time.perf_counter()
    tell = _one_at_a_time(on_event or _ignore)
    with open_lane(application, controls, tell, seed=seed, deadline=deadline) as first:
        needs_actors = any(group.fresh for group in chosen)
        first.prepare(chosen, make_world if needs_actors else None)
        reports = _Schedule(chosen, tell).run(first, second)
    report = Report(
        application.name,
        seed,
        tuple(reports[group.name] for group in chosen),
        started.isoformat(timespec="seconds"),
        time.perf_counter() - clock,
    )
    tell(VerificationFinished(report))
    return report


class _Schedule:
    """Which groups run when and where: those that need actors are shared by two lanes."""

    def __init__(self, groups: Sequence[Group], tell: OnEvent) -> None:
        self._tell = tell
        self._before = [group for group in groups if not (group.fresh or group.waits)]
        shared = [group for group in groups if group.fresh and not (group.waits or group.alone)]
        self._shared = deque(sorted(shared, key=lambda group: -group.effort))
        self._after = [group for group in groups if group.alone and not group.waits]
        self._last = [group for group in groups if group.waits]
        self._reports: dict[str, GroupReport] = {}

    def run(self, first: Lane, second: SecondLane | None) -> dict[str, GroupReport]:
        """Run all groups; gives their reports by name."""
        with ThreadPoolExecutor(1, thread_name_prefix="second-lane") as aside:
            helping = aside.submit(self._help, first, second) if second and self._shared else None
            try:
                self._finish(first, self._before)
                self._finish(first, self._taken())
            except BaseException:  # interrupted, say: the other lane need not go on
                first.give_up()
                if second:
                    second.give_up()
                raise
        if helping:
            helping.result()
        self._finish(first, self._taken())
        self._finish(first, self._after)
        self._finish(first, self._last)
        return self._reports

    def _finish(self, lane: Lane, groups: Iterable[Group]) -> None:
        self._reports.update((group.name, lane.run(group)) for group in groups)

    def _help(self, first: Lane, second: SecondLane) -> None:
        """Have groups run by the second lane; where that cannot, the first one does it all."""
        if not second.wait_until_open():
            return
        second.begin(first.accounts())
        for group in self._taken():
            report = second.run(group, self._tell)
            if report is None:
                self._shared.append(group)
                return
            self._reports[group.name] = report
        second.finish()

    def _taken(self) -> Iterator[Group]:
        """The groups that nobody else has taken yet, each as it is begun."""
        while self._shared:
            with suppress(IndexError):
                yield self._shared.popleft()


def _ignore(_: Event) -> None:
    """Nobody listens."""


def _one_at_a_time(on_event: OnEvent) -> OnEvent:
    lock = threading.Lock()

    def tell(event: Event) -> None:
        with lock:
            on_event(event)

    return tell


def choose(names: Iterable[str] | None, more: Sequence[Group] = ()) -> tuple[Group, ...]:
    """The groups of these names in the order of a report; raises ValueError for unknown ones."""
    groups = (*GROUPS, *more)
    if names is None:
        return groups
    wanted = set(names)
    unknown = sorted(wanted - {group.name for group in groups})
    if unknown:
        known = ", ".join(group.name for group in groups)
        raise ValueError(f"there is no group {', '.join(unknown)}; the groups are {known}")
    return tuple(group for group in groups if group.name in wanted)

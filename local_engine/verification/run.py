"""Runs groups of checks against a running project and gives a report."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Check, Result, SetUpFailed, Verdict
from local_engine.verification.context import Context
from local_engine.verification.controls import Controls
from local_engine.verification.events import (
    CheckFinished,
    Event,
    GroupFinished,
    GroupStarted,
    OnEvent,
    VerificationFinished,
)
from local_engine.verification.following import following_world
from local_engine.verification.groups import GROUPS
from local_engine.verification.http import Client, Exchange, NoAnswer, Unreachable
from local_engine.verification.judge import inconclusive, judge, told
from local_engine.verification.openapi import Document
from local_engine.verification.passive import Watch
from local_engine.verification.registry import Group
from local_engine.verification.report import GroupReport, Report
from local_engine.verification.world import World

TOO_MANY = 429

MakeWorld = Callable[[Context], World]


def verify(
    application: Application,
    controls: Controls,
    *,
    groups: Iterable[str] | None = None,
    seed: int = 0,
    on_event: OnEvent | None = None,
    budget: float | None = None,
    make_world: MakeWorld = following_world,
) -> Report:
    """Check the running project against its Blueprint.

    `groups` names those to run (default all; raises ValueError for a name that does not exist),
    `budget` is in seconds: checks that it leaves no time for are inconclusive. The same project
    and seed give the same verdicts, whatever groups run and in whatever order. Never raises for
    what the project or a check does.
    """
    chosen = choose(groups)
    deadline = None if budget is None else time.monotonic() + budget
    with Client(controls.base_url) as http:
        context = Context(application, controls, http, seed=seed)
        return _Verification(context, on_event or _ignore, deadline).run(chosen, make_world)


def choose(names: Iterable[str] | None) -> tuple[Group, ...]:
    """The groups of these names in the order of a report; raises ValueError for unknown ones."""
    if names is None:
        return GROUPS
    wanted = set(names)
    unknown = sorted(wanted - {group.name for group in GROUPS})
    if unknown:
        known = ", ".join(group.name for group in GROUPS)
        raise ValueError(f"there is no group {', '.join(unknown)}; the groups are {known}")
    return tuple(group for group in GROUPS if group.name in wanted)


def _ignore(_: Event) -> None:
    """Nobody listens."""


class _Verification:
    """One verification while it goes on."""

    def __init__(self, context: Context, tell: OnEvent, deadline: float | None) -> None:
        self._context = context
        self._tell = tell
        self._deadline = deadline
        self._world: Future[None] | None = None
        self._untouched = False

    def run(self, groups: Sequence[Group], make_world: MakeWorld) -> Report:
        started, clock = datetime.now(UTC), time.perf_counter()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare") as aside:
            self._world = aside.submit(self._prepare, groups, make_world)
            in_turn = sorted(groups, key=lambda group: (group.waits, group.fresh))
            reports = {group.name: self._group(group) for group in in_turn}
        report = Report(
            self._context.application.name,
            self._context.seed,
            tuple(reports[group.name] for group in groups),
            started.isoformat(timespec="seconds"),
            time.perf_counter() - clock,
        )
        self._tell(VerificationFinished(report))
        return report

    def _prepare(self, groups: Sequence[Group], make_world: MakeWorld) -> None:
        """Make the actors, then begin slow work; meanwhile groups run that need neither."""
        try:
            if any(group.fresh for group in groups):
                self._context.wait_until_ready()
                self._context.world = make_world(self._context)
        except SetUpFailed as error:
            self._context.world = error
        except Exception as error:
            self._context.world = SetUpFailed(f"no actors could be made: {told(error)}")
        for group in groups:
            if group.prepare:
                group.prepare(self._context)

    def _keep_template(self) -> None:
        """Once all is prepared: keep the database with the actors as the template."""
        if self._world is None:
            return
        self._world.result()
        self._world = None
        try:
            if self._context.has_world:
                self._context.controls.save_template()
                self._context.reconnect()
                self._untouched = True
        except Exception as error:
            self._context.world = SetUpFailed(f"no template could be kept: {told(error)}")

    def _group(self, group: Group) -> GroupReport:
        clock = time.perf_counter()
        trouble = self._begin_fresh(group)
        document = None if group.waits else self._document()
        watch, history = Watch(group.name, document), list[Exchange]()
        self._context.http.observers[:] = [history.append, watch]
        checks, reason = self._derive(group)
        self._tell(GroupStarted(group.name, group.title, len(checks)))
        results = [self._result(check, history, trouble or reason) for check in checks]
        if history:
            results += [self._result(check, history, "") for check in watch.checks()]
        self._context.http.observers.clear()
        report = GroupReport(group.name, group.title, tuple(results), time.perf_counter() - clock)
        self._tell(GroupFinished(report))
        return report

    def _begin_fresh(self, group: Group) -> str:
        """Begin on a fresh database; gives what went wrong, or an empty text."""
        if group.fresh or group.waits:
            self._keep_template()
        try:
            if group.fresh and self._context.has_world and not self._untouched:
                self._context.reset()
            self._untouched = self._untouched and not group.fresh
        except Exception as error:
            return f"no fresh database for this group: {told(error)}"
        return ""

    def _document(self) -> Document | None:
        try:
            return self._context.document
        except (SetUpFailed, NoAnswer, Unreachable):
            return None

    def _derive(self, group: Group) -> tuple[list[Check], str]:
        """The group's checks; one that stands for all, and a reason, if that fails."""
        stand_in = Check(f"{group.name}.derive", f"{group.title}.", lambda _: None)
        try:
            checks = list(group.checks(self._context.application))
        except Exception as error:
            return [stand_in], f"the checks could not be derived: {told(error)}"
        ids = [check.id for check in checks]
        if len(ids) != len(set(ids)):
            repeated = sorted({one for one in ids if ids.count(one) > 1})
            return [stand_in], f"several checks have the same id: {', '.join(repeated)}"
        return checks, ""

    def _result(self, check: Check, history: Sequence[Exchange], trouble: str) -> Result:
        if self._deadline is not None and time.monotonic() > self._deadline:
            result = inconclusive(check, "the time budget was spent before its turn")
        else:
            result = self._judge(check, history, trouble)
        self._tell(CheckFinished(result))
        return result

    def _judge(self, check: Check, history: Sequence[Exchange], trouble: str) -> Result:
        """The check's result; once more on a fresh database where a rate limit got in the way."""
        before = len(history)
        result = judge(check, self._context, history, trouble)
        limited = any(entity.rate_limits for entity in self._context.application.own_entities)
        if (
            not limited
            or check.about_limits
            or result.verdict in (Verdict.PASSED, Verdict.NOT_APPLICABLE)
        ):
            return result
        if not any(exchange.status == TOO_MANY for exchange in history[before:]):
            return result
        try:
            self._context.reset()
        except Exception as error:
            return inconclusive(check, f"no fresh database after a rate limit: {told(error)}")
        before = len(history)
        result = judge(check, self._context, history, trouble)
        if any(exchange.status == TOO_MANY for exchange in history[before:]):
            return inconclusive(check, "a rate limit of the Blueprint leaves too few requests")
        return result

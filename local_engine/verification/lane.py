"""One running copy of the project, on which groups of checks are run one after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Self

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Check, Result, SetUpFailed, Verdict
from local_engine.verification.context import Context
from local_engine.verification.controls import Controls, accounts_of
from local_engine.verification.events import CheckFinished, GroupFinished, GroupStarted, OnEvent
from local_engine.verification.http import Client, Exchange, NoAnswer, Unreachable
from local_engine.verification.judge import inconclusive, judge, told
from local_engine.verification.openapi import Document
from local_engine.verification.passive import Watch
from local_engine.verification.registry import Group
from local_engine.verification.report import GroupReport
from local_engine.verification.world import World

TOO_MANY = 429

MakeWorld = Callable[[Context], World]


class Lane:
    """Runs groups in turn. Its actors are made aside, while groups run that need none.

    `deadline` is a moment of `time.monotonic`: checks whose turn comes later are inconclusive.
    """

    def __init__(self, context: Context, tell: OnEvent, deadline: float | None = None) -> None:
        self._context = context
        self._tell = tell
        self._deadline = deadline
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare")
        self._world: Future[None] | None = None
        self._accounts = Future[object]()
        self._untouched = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._aside.shutdown()

    def prepare(self, groups: Sequence[Group], make_world: MakeWorld | None) -> None:
        """Begin to make the actors, if any are wanted, and then the slow work of these groups."""
        self._world = self._aside.submit(self._prepare, groups, make_world)

    def accounts(self) -> object:
        """The actors' accounts for another copy of the project, once they are kept; maybe None."""
        return self._accounts.result()

    def give_up(self) -> None:
        """Let nobody wait for accounts any more."""
        if not self._accounts.done():
            self._accounts.set_result(None)

    def run(self, group: Group) -> GroupReport:
        """Run the checks of a group. Never raises for what the project or a check does."""
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

    def _prepare(self, groups: Sequence[Group], make_world: MakeWorld | None) -> None:
        try:
            if make_world:
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
                self._accounts.set_result(accounts_of(self._context.controls))
        except Exception as error:
            self._context.world = SetUpFailed(f"no template could be kept: {told(error)}")
        finally:
            self.give_up()

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


@contextmanager
def open_lane(
    application: Application,
    controls: Controls,
    tell: OnEvent,
    *,
    seed: int = 0,
    deadline: float | None = None,
) -> Iterator[Lane]:
    """A lane on this copy of the project, with its connections."""
    with (
        Client(controls.base_url) as http,
        Lane(Context(application, controls, http, seed=seed), tell, deadline) as lane,
    ):
        yield lane

"""Operations, reports and feeds: they do and show what the Blueprint says, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from local_engine.generator.blueprint.resolved import Application, Feed, Operation, Report
from local_engine.verification.actors import Actor
from local_engine.verification.checks import Check, NotApplicable, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.model import journeys, operating
from local_engine.verification.model.attempts import Attempt
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.paths import tenant_prefix
from local_engine.verification.model.sketch import build
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import show_datetime
from local_engine.verification.world import CannotMake


def checks(application: Application) -> Iterator[Check]:
    """The checks of operations, reports and feeds."""
    for operation in application.operations.values():
        identity, sentence = (
            f"model.operation.{operation.name}",
            f"{operation.name} does what it says.",
        )
        if operation.code:
            yield Check(identity, sentence, None, "a person writes what it does")
        else:
            yield Check(identity, sentence, partial(_operation, operation))
    for report in application.reports.values():
        yield Check(
            f"model.report.{report.name}",
            f"The report {report.name} counts the rows that it is about, in its period.",
            partial(_report, report),
        )
    for feed in application.feeds.values():
        yield Check(
            f"model.feed.{feed.name}",
            f"The feed {feed.name} has the rows that it is about, and no others.",
            partial(_feed, feed),
        )


def _operation(operation: Operation, context: Context) -> None:
    trial = Trial(context)
    for _ in range(2):
        trial.allowed(trial.prepared(partial(prepared, operation)))


def prepared(operation: Operation, maker: Maker) -> Attempt:
    """Plan an operation by whoever can do it. Raises CannotMake."""
    reason = f"nobody can do {operation.name}"
    for actor in maker.actors(operation.access):
        mark = maker.sketch.mark()
        try:
            return operating.prepare_operation(maker, operation, actor)
        except CannotMake as error:
            reason = str(error)
            maker.sketch.back_to(mark)
    raise CannotMake(reason)


def _rows(trial: Trial, of: Report | Feed) -> list[Row]:
    """Rows that the report or feed is about, and one that it is not about."""
    made: list[Row] = []
    for wanted in (True, True, False):
        try:
            made.append(trial.done(partial(_row, of, wanted)))
        except CannotMake:
            continue
    if not made:
        raise SetUpFailed(f"no {of.entity} could be made")
    return made


def _row(of: Report | Feed, wanted: bool, maker: Maker) -> Row:
    if wanted:
        return maker.make(of.entity, condition=of.where)
    row = maker.make(of.entity)
    if of.where is not None:
        journeys.settle(maker, row, of.where, False)
    return row


def _readers(trial: Trial, of: Report | Feed) -> list[Actor]:
    tenancy = trial.world.application.tenancy
    place = None
    if of.tenanted and tenancy:
        place = trial.world.model.store.find(tenancy.tenant, trial.world.home)
    return [
        actor
        for actor in trial.world.cast.everybody()
        if trial.world.judge(actor).admits(of.access, place)
    ]


def _prefix(trial: Trial, of: Report | Feed) -> str:
    return tenant_prefix(trial.world.model.view, trial.world.home) if of.tenanted else ""


def _report(report: Report, context: Context) -> None:
    trial = Trial(context)
    rows = _rows(trial, report)
    path = f"{_prefix(trial, report)}/reports/{report.segment}"
    readers = _readers(trial, report)
    if not readers:
        raise NotApplicable(f"nobody may see {report.name}")
    for actor in readers[:4]:
        trial.asked(build("GET", path, actor))
    for query in _periods(trial, report, rows):
        trial.asked(build("GET", f"{path}?{query}", readers[0]))


def _periods(trial: Trial, report: Report, rows: list[Row]) -> Iterator[str]:
    """Periods that end just before, begin just at, and end just after a row's time."""
    if report.period is None:
        return
    values = (trial.world.model.view.get(row, report.period) for row in rows)
    for value in [value for value in values if value is not None][:2]:
        if not hasattr(value, "hour"):
            day, after = value.isoformat(), (value + timedelta(days=1)).isoformat()
            yield from (f"from={day}", f"to={day}", f"from={day}&to={after}", f"from={after}")
            continue
        # The time may have been set by the service: stay a minute away from it.
        early, late = value - timedelta(minutes=1), value + timedelta(minutes=1)
        texts = [show_datetime(one).replace("+", "%2B") for one in (early, late)]
        yield from (
            f"from={texts[0]}",
            f"to={texts[0]}",
            f"from={texts[0]}&to={texts[1]}",
            f"from={texts[1]}",
        )
    yield "from=never"


def _feed(feed: Feed, context: Context) -> None:
    trial = Trial(context)
    _rows(trial, feed)
    path = f"{_prefix(trial, feed)}/feeds/{feed.segment}"
    readers = _readers(trial, feed)
    if not readers:
        raise NotApplicable(f"nobody may see {feed.name}")
    for actor in readers[:4]:
        trial.asked(build("GET", f"{path}?limit=100", actor))

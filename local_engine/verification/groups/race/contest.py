"""Requests at once: fired together, or held at their end until all have come there."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import permutations

from local_engine.verification.checks import CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.groups.race.holding import commits_held
from local_engine.verification.http import Exchange, Request
from local_engine.verification.model.consequences import check_consequences
from local_engine.verification.model.model import Model
from local_engine.verification.model.outcome import Expected
from local_engine.verification.model.simulation import Simulation
from local_engine.verification.model.store import Store

HELD_SECONDS = 0.5
PAUSE = 0.002
WAITING = (
    "SELECT count(*) AS waiting FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass(frozen=True)
class Order:
    """One order in which the requests may have been carried out: which status each gets then."""

    turns: tuple[int, ...]
    statuses: tuple[frozenset[int], ...]

    def admits(self, exchanges: Sequence[Exchange]) -> bool:
        """Whether the answers are those of this order."""
        return all(
            exchange.status in statuses
            for exchange, statuses in zip(exchanges, self.statuses, strict=True)
        )


def orders(model: Model, requests: Sequence[Request]) -> list[Order]:
    """What the requests come to, in every order of them."""
    return [_order(model, requests, turns) for turns in permutations(range(len(requests)))]


def _order(model: Model, requests: Sequence[Request], turns: tuple[int, ...]) -> Order:
    simulation = Simulation(model.fork())
    statuses: dict[int, frozenset[int]] = {}
    for turn in turns:
        statuses[turn] = simulation.model.decide(requests[turn]).statuses
        simulation.send(requests[turn])
    return Order(turns, tuple(statuses[index] for index in range(len(requests))))


def contend(trial: Trial, requests: Sequence[Request], *, forced: bool) -> list[Exchange]:
    """Send the requests at once: the result must be that of some order of them."""
    model = trial.world.model
    possible = orders(model, requests)
    _check_contest(model, requests)
    before = model.store
    exchanges = held(trial, requests) if forced else _together(trial, requests)
    try:
        _judge(trial, requests, exchanges, possible, before)
    except CheckFailed:
        trial.staging.drop()
        trial.world.stage.lost = True
        raise
    return exchanges


def _check_contest(model: Model, requests: Sequence[Request]) -> None:
    for request in requests:
        expected = model.decide(request)
        if not expected.allowed:
            raise SetUpFailed(f"{request.method} {request.path} is not possible: {expected}")


def _judge(
    trial: Trial,
    requests: Sequence[Request],
    exchanges: Sequence[Exchange],
    possible: Sequence[Order],
    before: Store,
) -> None:
    told = ", ".join(str(exchange.status) for exchange in exchanges)
    for exchange in exchanges:
        if exchange.status >= 500:
            raise CheckFailed(
                "no server error from requests at once", told, (exchange,), root="race-server-error"
            )
    matching = [order for order in possible if order.admits(exchanges)]
    if not matching:
        wanted = sorted({_words(order) for order in possible})
        raise CheckFailed(
            f"the result of some order of the requests: {' or '.join(wanted)}",
            f"{told} from requests at once",
            tuple(exchanges),
        )
    failure: CheckFailed | None = None
    for order in matching:
        model = trial.world.model
        try:
            _accept(trial, order, requests, exchanges)
            check_consequences(trial.world, before, *exchanges)
            count_rows(trial, exchanges)
        except CheckFailed as error:
            failure = failure or error
            model.store = before
        else:
            trial.world.stage.writes += 1
            return
    assert failure is not None
    raise failure


def _words(order: Order) -> str:
    return ", ".join("/".join(map(str, sorted(one))) for one in order.statuses)


def _accept(
    trial: Trial, order: Order, requests: Sequence[Request], exchanges: Sequence[Exchange]
) -> None:
    """Let the model do what the service has done, in this order."""
    for turn in order.turns:
        expected: Expected = trial.world.model.decide(requests[turn])
        exchange = exchanges[turn]
        if expected.allowed and exchange.status < 400:
            trial.world.model.accept(expected, exchange.json, exchange.header("etag"))


def count_rows(trial: Trial, exchanges: Sequence[Exchange]) -> None:
    """In the database there are as many rows as the model has."""
    application = trial.world.application
    for entity in application.own_entities:
        wanted = len(trial.world.model.store.tables.get(entity.name, {}))
        statement = COUNT.format(table=entity.table)
        found = trial.context.controls.query(statement)[0]["rows"]
        if found != wanted:
            raise CheckFailed(
                f"{wanted} rows in {entity.table}", f"{found} in the database", tuple(exchanges)
            )


COUNT = 'SELECT count(*) AS rows FROM "{table}"'


def _start(
    context: Context, pool: ThreadPoolExecutor, requests: Sequence[Request]
) -> list[Future[Exchange]]:
    return [
        pool.submit(contextvars.copy_context().run, context.http.send_request, request)
        for request in requests
    ]


def _together(trial: Trial, requests: Sequence[Request]) -> list[Exchange]:
    signed = [trial.world.signed(request) for request in requests]
    with ThreadPoolExecutor(max_workers=len(signed)) as pool:
        return [future.result() for future in _start(trial.context, pool, signed)]


def held(trial: Trial, requests: Sequence[Request]) -> list[Exchange]:
    """Send requests none of which can be committed before all have read and written."""
    context = trial.context
    signed = [trial.world.signed(request) for request in requests]
    with ThreadPoolExecutor(max_workers=len(signed)) as pool:
        with commits_held(context):
            futures = _start(context, pool, signed)
            _wait(context, futures)
        return [future.result() for future in futures]


def _wait(context: Context, futures: Sequence[Future[Exchange]]) -> None:
    """Wait until all requests are held, wait for one that is, or have been answered."""
    deadline = time.monotonic() + HELD_SECONDS
    while time.monotonic() < deadline:
        waiting = context.controls.query(WAITING)[0]["waiting"]
        if waiting + sum(future.done() for future in futures) >= len(futures):
            return
        time.sleep(PAUSE)

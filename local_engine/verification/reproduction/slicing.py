"""Which of the requests that were sent are needed to show a failure again.

Of all that was sent since the database was fresh, those exchanges are kept that made a value (the
id of a row, mostly) which a kept request uses, and those that the failing check itself sent to
change a kept row.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from local_engine.verification.actors import Actor
from local_engine.verification.http import Exchange
from local_engine.verification.reproduction.texts import name

JsonPath = tuple[str | int, ...]

_SHOWN_IDS = 6
_OPAQUE = frozenset({"access_token", "refresh_token", "token", "next_cursor"})
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Step:
    """A request to send again; `captures` says where its answer has which values."""

    exchange: Exchange
    captures: dict[str, JsonPath]


@dataclass(frozen=True)
class Plan:
    """Steps in order, the last of which shows the failure, and the actors that send them.

    `variables` gives the name of each value that is known only while the steps run.
    """

    steps: tuple[Step, ...]
    actors: tuple[Actor, ...]
    variables: dict[str, str]


def plan(
    history: Sequence[Exchange],
    own: Sequence[Exchange],
    shown: Sequence[Exchange],
    claim: str = "",
) -> Plan:
    """The least that shows the last exchange of `shown`.

    `history` is all that was sent since the reset, `own` what the failing check sent. Rows that
    the `claim` names or that the shown answers hold (the first few) are made as well.
    """
    told = {*_ID.findall(claim)}
    for item in shown:
        told.update(_ID.findall(item.text)[:_SHOWN_IDS])
    everything = [*history, *(item for item in shown if not _among(item, history))]
    kept = [item for item in everything if _among(item, shown)]
    accounts = {item.request.actor.id for item in everything}
    origins = {v: item for v, item in _origins(everything).items() if v not in accounts}
    while True:
        values = told | {value for item in kept for value in used(item, origins)}
        wanted = [origins[value] for value in values if value in origins]
        wanted += [item for item in own if _changes_one_of(item, kept)]
        new = [item for item in wanted if not _among(item, kept)]
        if not new:
            break
        kept = [item for item in everything if _among(item, kept) or _among(item, new)]
    return _named(kept, values)


def used(exchange: Exchange, opaque: Collection[str] = ()) -> set[str]:
    """The ids in a request, and which of the `opaque` values it contains."""
    text = exchange.request.target + exchange.request.body.decode("utf-8", "replace")
    return set(_ID.findall(text)) | {value for value in opaque if value in text}


def _among(exchange: Exchange, several: Sequence[Exchange]) -> bool:
    return any(exchange is item for item in several)


def _origins(history: Sequence[Exchange]) -> dict[str, Exchange]:
    """The exchange whose answer had each id or opaque value first, without being asked for it."""
    origins: dict[str, Exchange] = {}
    for exchange in history:
        for path, value in _leaves(exchange.json):
            known = (path and path[-1] in _OPAQUE) or _ID.fullmatch(value)
            if known and value not in origins and value not in used(exchange, (value,)):
                origins[value] = exchange
    return origins


def _changes_one_of(exchange: Exchange, kept: Sequence[Exchange]) -> bool:
    request = exchange.request
    return (
        request.method != "GET"
        and exchange.status < 300
        and any(
            item.request.path.startswith(request.path.rpartition("/")[0]) and used(exchange)
            for item in kept
            if used(item) & used(exchange)
        )
    )


def _named(kept: Sequence[Exchange], values: set[str]) -> Plan:
    steps: list[Step] = []
    variables: dict[str, str] = {}
    senders = {item.request.actor.label: item.request.actor for item in kept}
    for actor in senders.values():
        if actor.id:
            variables[actor.id] = f"{name(actor.label)}_id"
    for number, exchange in enumerate(kept, 1):
        found = {
            value: path
            for path, value in _leaves(exchange.json)
            if value in values and value not in variables
        }
        captures = {value: found[value] for value in sorted(found, key=lambda v: len(found[v]))}
        for position, value in enumerate(captures):
            variables[value] = f"id_{number}" + (f"_{position + 1}" if position else "")
        steps.append(Step(exchange, captures))
    signed_in = tuple(actor for actor in senders.values() if actor.email)
    return Plan(tuple(steps), signed_in, variables)


def _leaves(value: Any, path: JsonPath = ()) -> Iterator[tuple[JsonPath, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _leaves(inner, (*path, position))
    elif isinstance(value, str):
        yield path, value

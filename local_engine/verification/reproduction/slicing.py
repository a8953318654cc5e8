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
_MOST_CHANGES = 12
_LOOKED_AT = 20_000
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
    everything = list({id(item): item for item in (*history, *shown)}.values())
    accounts = {item.request.actor.id for item in everything}
    origins = {v: n for v, n in _origins(everything).items() if v not in accounts}
    told = set(_ID.findall(claim)) - accounts
    for item in shown:
        told.update(_ID.findall(item.text)[:_SHOWN_IDS])
    begin = {id(item) for item in (*shown, *_own_changes(own, shown, told, accounts))}
    kept: set[int] = set()
    values = set(told)
    new = {n for n, item in enumerate(everything) if id(item) in begin}
    new |= {origins[value] for value in told if value in origins}
    while new:
        kept |= new
        found = {value for n in new for value in used(everything[n], origins)}
        values |= found
        new = {origins[value] for value in found if value in origins} - kept
    return _named([everything[n] for n in sorted(kept)], values)


def _own_changes(
    own: Sequence[Exchange], shown: Sequence[Exchange], told: set[str], accounts: set[str]
) -> list[Exchange]:
    """What the check itself did to the rows that are shown, the last few."""
    about = told.union(*(used(item) for item in shown)) - accounts
    changes = (item for item in own if item.request.method != "GET" and item.status < 300)
    return [item for item in changes if used(item) & about][-_MOST_CHANGES:]


def used(exchange: Exchange, opaque: Collection[str] = ()) -> set[str]:
    """The ids in a request, and which of the `opaque` values it contains."""
    text = exchange.request.target + exchange.request.body[:_LOOKED_AT].decode("utf-8", "replace")
    return set(_ID.findall(text)) | {value for value in opaque if value in text}


def _origins(history: Sequence[Exchange]) -> dict[str, int]:
    """Which answer had each id or opaque value first, without being asked for it."""
    origins: dict[str, int] = {}
    for position, exchange in enumerate(history):
        asked = used(exchange)
        for path, value in _leaves(exchange.json):
            if value in origins or value in asked:
                continue
            opaque = bool(path) and path[-1] in _OPAQUE
            if _ID.fullmatch(value) or (opaque and value not in used(exchange, (value,))):
                origins[value] = position
    return origins


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

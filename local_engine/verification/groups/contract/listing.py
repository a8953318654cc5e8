"""A list with some rows in it, and ways to read it whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.checks import CheckFailed, NotApplicable, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange
from local_engine.verification.world import Created

ROWS = 6
FULL_PAGE = 100
MOST_PAGES = 200

Item = dict[str, Any]


@dataclass(frozen=True)
class Listing:
    """A collection's path, who reads it, and the rows that were made for it."""

    path: str
    actor: Actor
    rows: tuple[Created, ...]


def listing(entity: Entity, context: Context) -> Listing:
    """The entity's list with up to ROWS rows; made once a group."""
    return context.once(("listing", entity.name), lambda: _make(entity, context))


def _make(entity: Entity, context: Context) -> Listing:
    first = context.world.create(entity.name)
    actor = context.world.who_can(entity.name, "list", first)
    if actor is None:
        raise NotApplicable("no actor at hand may list such rows")
    parts = first.path.split("/")
    beside = {entity.part_of: parts[-3]} if entity.part_of else {}
    rows = [first]
    for _ in range(ROWS - 1):
        try:
            row = context.world.create(entity.name, **beside)
        except SetUpFailed:
            break  # a rule allows no more of them
        if row.path.split("/")[:-1] == parts[:-1] and row.id not in {other.id for other in rows}:
            rows.append(row)
    return Listing("/".join(parts[:-1]), actor, tuple(rows))


def page(context: Context, where: Listing, params: Mapping[str, object]) -> Exchange:
    """One page; fails the check unless it is `{items: [...], next_cursor}`."""
    answer = context.http.send("GET", where.path, actor=where.actor, params=params)
    expect.status_is(answer, 200)
    body = answer.json
    formed = (
        isinstance(body, dict)
        and set(body) == {"items", "next_cursor"}
        and isinstance(body["items"], list)
        and isinstance(body["next_cursor"], str | None)
    )
    expect.holds(
        formed,
        "{items: [...], next_cursor: a string or null}",
        answer.text[:200],
        answer,
        claim="set(answer.json()) == {'items', 'next_cursor'}",
    )
    return answer


def everything(
    context: Context,
    where: Listing,
    limit: int = FULL_PAGE,
    *,
    params: Mapping[str, object] | None = None,
) -> tuple[list[Item], list[Exchange]]:
    """All rows page by page, and the pages; fails the check if it does not come to an end."""
    items: list[Item] = []
    pages: list[Exchange] = []
    cursor: dict[str, object] = {}
    for _ in range(MOST_PAGES):
        answer = page(context, where, {"limit": limit, **(params or {}), **cursor})
        pages.append(answer)
        expect.holds(
            len(answer.json["items"]) <= limit,
            f"at most {limit} rows",
            f"{len(answer.json['items'])}",
            answer,
            claim=f"len(answer.json()['items']) <= {limit}",
        )
        items += answer.json["items"]
        if answer.json["next_cursor"] is None:
            return items, pages
        cursor = {"cursor": answer.json["next_cursor"]}
    raise CheckFailed("a last page with next_cursor null", f"{MOST_PAGES} pages", pages[-2:])


def ids(items: list[Item]) -> list[str]:
    """The ids of rows, in their order."""
    return [str(item.get("id")) for item in items]

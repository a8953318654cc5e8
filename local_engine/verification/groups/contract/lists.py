"""Lists: page by page without gaps, in a stable order, with parameters that are checked."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification import expect
from local_engine.verification.checks import Check, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.groups.contract.listing import (
    Item,
    everything,
    ids,
    listing,
    page,
)
from local_engine.verification.shape import comparable

_BAD_LIMITS = (0, -1, 101, 10**9, "1.5", "ten", "")
_BAD_CURSORS = ("garbage", "AAAA", "eyJhIjogMX0", "%00", "../..", "x" * 3000)


def checks(entity: Entity) -> Iterator[Check]:
    """Checks of one entity's list."""
    name = entity.name.lower()

    def check(aspect: str, sentence: str, run: Any) -> Check:
        full = f"contract.list.{aspect}.{name}"
        if "list" not in entity.actions:
            return Check(full, sentence, None, f"nobody may list {entity.name}")
        return Check(full, sentence, partial(run, entity))

    yield check("pages", f"The pages of {entity.name} give each row once.", _pages)
    yield check("order", f"{entity.name} comes in the order that is the default.", _order)
    yield check("limit", f"A limit that is none is refused when listing {entity.name}.", _limits)
    yield check("cursor", f"A cursor that is none is refused when listing {entity.name}.", _cursor)
    yield check("unknown", f"An unknown parameter is refused when listing {entity.name}.", _unknown)
    for field in entity.fields.values():
        if field.sort and not field.private and not field.visible_to:
            yield check(
                f"sort.{field.name}",
                f"{entity.name} can be sorted by {field.name}, nulls last.",
                partial(_sorted_by, field.name),
            )
    for column in ("created_at", "updated_at"):
        yield check(
            f"sort.{column}",
            f"{entity.name} can be sorted by {column}.",
            partial(_sorted_by, column),
        )


def _pages(entity: Entity, context: Context) -> None:
    where = listing(entity, context)
    whole, pages = everything(context, where)
    expect.holds(
        len(set(ids(whole))) == len(whole), "each row once", "rows that come twice", *pages
    )
    _made_ones_are_listed(entity, context, ids(whole))
    for limit in (1, 2, 5):
        again, parts = everything(context, where, limit)
        expect.holds(
            ids(again) == ids(whole),
            f"pages of {limit} that put together are the whole list ({len(whole)} rows)",
            f"{len(again)} rows, {len(set(ids(again)))} different",
            *pages[:1],
            *parts[:4],
        )


def _made_ones_are_listed(entity: Entity, context: Context, listed: list[str]) -> None:
    if entity.access["list"] != entity.access["read"]:
        return
    where = listing(entity, context)
    for row in where.rows:
        read = context.http.send("GET", row.path, actor=where.actor)
        expect.holds(
            read.status != 200 or row.id in listed,
            "every row that this actor may read and list",
            f"{row.id} is not listed",
            read,
        )


def _order(entity: Entity, context: Context) -> None:
    items, pages = everything(context, listing(entity, context))
    if any(name.lstrip("-") not in items[0] for name in entity.default_sort if items):
        raise NotApplicable("the default order uses a field that answers do not show")
    _in_order(entity, items, entity.default_sort, pages)


def _sorted_by(name: str, entity: Entity, context: Context) -> None:
    where = listing(entity, context)
    for sort in (name, f"-{name}"):
        items, pages = everything(context, where, params={"sort": sort})
        _in_order(entity, items, (sort,), pages)
        again, parts = everything(context, where, 2, params={"sort": sort})
        expect.holds(
            ids(again) == ids(items),
            f"pages of 2 sorted by {sort} like the whole list",
            f"{len(again)} rows instead of {len(items)}, or in another order",
            *parts[:3],
        )


def _in_order(entity: Entity, items: list[Item], sort: tuple[str, ...], pages: list[Any]) -> None:
    for before, after in pairwise(items):
        for name in sort:
            field = name.lstrip("-")
            values = [_value(entity, field, item.get(field)) for item in (before, after)]
            if values[0] == values[1]:
                continue
            right = _precedes(values[0], values[1])
            expect.holds(
                right != name.startswith("-"),
                f"the rows in the order of {name}",
                f"{before.get(field)!r} before {after.get(field)!r}",
                *pages[:2],
            )
            break


def _precedes(first: Any, second: Any) -> bool:
    """Ascending: nulls come last."""
    if first is None or second is None:
        return second is None
    return bool(first < second)


def _value(entity: Entity, name: str, value: Any) -> Any:
    field = entity.fields.get(name)
    return comparable(field, value) if field else value


def _limits(entity: Entity, context: Context) -> None:
    where = listing(entity, context)
    for limit in _BAD_LIMITS:
        answer = context.http.send("GET", where.path, actor=where.actor, params={"limit": limit})
        expect.problem(answer, 422, why=f"limit={limit} is not 1 to 100")


def _cursor(entity: Entity, context: Context) -> None:
    where = listing(entity, context)
    for cursor in _BAD_CURSORS:
        answer = context.http.send("GET", where.path, actor=where.actor, params={"cursor": cursor})
        expect.problem(answer, 422, why="no answer has given this cursor")
    if len(where.rows) > 1:
        first = page(context, where, {"limit": 1, "sort": "created_at"})
        params = {"cursor": first.json["next_cursor"], "sort": "-created_at"}
        answer = context.http.send("GET", where.path, actor=where.actor, params=params)
        expect.problem(answer, 422, why="a cursor of another sort", before=[first])


def _unknown(entity: Entity, context: Context) -> None:
    where = listing(entity, context)
    state = entity.states.field if entity.states else None
    fields = [field for field in entity.fields.values() if field.name != state]
    unsortable = [field.name for field in fields if field.private or not field.sort]
    unfilterable = [field.name for field in fields if field.private or not field.filter]
    bad: list[tuple[str, str]] = [("no_such_parameter", "1"), ("sort", "no_such_field")]
    bad += [("sort", "id; DROP TABLE users"), ("sort", ""), ("limit.gte", "1")]
    bad += [(name, "x") for name in unfilterable] + [("sort", name) for name in unsortable]
    for name, value in bad:
        answer = context.http.send("GET", where.path, actor=where.actor, params={name: value})
        expect.problem(answer, 422, why=f"{name}={value} is nothing that this list takes")

"""Filters and search: what is answered is what of the whole list meets them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

from local_engine.generator.blueprint.resolved import Entity, Field, FieldType
from local_engine.verification import expect
from local_engine.verification.checks import Check, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.groups.contract.listing import (
    Item,
    Listing,
    everything,
    ids,
    listing,
)
from local_engine.verification.shape import ORDERED, comparable

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "gte": lambda a, b: bool(a >= b),
    "gt": lambda a, b: bool(a > b),
    "lte": lambda a, b: bool(a <= b),
    "lt": lambda a, b: bool(a < b),
}

# Of these any text may be asked for: what no row can have, no row has.
TEXTS = frozenset(
    {FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.SLUG}
)


def checks(entity: Entity) -> Iterator[Check]:
    """Checks of one entity's filters and search."""
    if "list" not in entity.actions:
        return
    name = entity.name.lower()
    for field in entity.fields.values():
        if field.filter and not field.private and not field.visible_to:
            yield Check(
                f"contract.list.filter.{field.name}.{name}",
                f"Filtering {entity.name} by {field.name} gives the rows that meet it.",
                partial(_filtered, entity, field),
            )
    relations = [r for r in entity.to_one.values() if not (r.implicit or r.visible_to)]
    keys = [f"{r.name}_id" for r in relations if r.name != entity.part_of]
    keys += [entity.states.field] if entity.states else []
    for key in keys:
        yield Check(
            f"contract.list.filter.{key}.{name}",
            f"Filtering {entity.name} by {key} gives the rows that meet it.",
            partial(_filtered_by_key, entity, key),
        )
    searched = [f for f in entity.fields.values() if f.search and not f.visible_to]
    if searched:
        yield Check(
            f"contract.list.search.{name}",
            f"Searching {entity.name} gives the rows in which every word occurs.",
            partial(_searched, entity, searched),
        )


def _filtered(entity: Entity, field: Field, context: Context) -> None:
    where = listing(entity, context)
    whole, _ = everything(context, where)
    values = list({str(item[field.name]): item[field.name] for item in whole}.values())
    given = [value for value in values if value is not None]
    for value in given[:2]:
        wanted = comparable(field, value)
        meets = partial(_equal, field, wanted)
        _agrees(context, where, whole, {field.name: _written(value)}, meets)
        for name, compare in (_COMPARISONS if field.type in ORDERED else {}).items():
            params = {f"{field.name}.{name}": _written(value)}
            _agrees(context, where, whole, params, partial(_compares, field, compare, wanted))
    if field.optional:
        for text in ("true", "false"):
            params = {f"{field.name}.null": text}
            _agrees(context, where, whole, params, partial(_is_null, field.name, text == "true"))
    if field.type not in TEXTS:
        params = {field.name: "\x01 no such value"}
        answer = context.http.send("GET", where.path, actor=where.actor, params=params)
        expect.problem(answer, 422, why=f"not a value of {field.name}")


def _equal(field: Field, wanted: Any, item: Item) -> bool:
    return bool(comparable(field, item[field.name]) == wanted)


def _compares(field: Field, compare: Callable[[Any, Any], bool], wanted: Any, item: Item) -> bool:
    value = comparable(field, item[field.name])
    return value is not None and compare(value, wanted)


def _is_null(name: str, null: bool, item: Item) -> bool:
    return (item[name] is None) == null


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _agrees(
    context: Context,
    where: Listing,
    whole: list[Item],
    params: dict[str, str],
    meets: Callable[[Item], bool],
) -> None:
    found, pages = everything(context, where, params=params)
    wanted = [item["id"] for item in whole if meets(item)]
    missing, extra = set(wanted) - set(ids(found)), set(ids(found)) - set(wanted)
    expect.holds(
        sorted(ids(found)) == sorted(wanted),
        f"the {len(wanted)} rows of the list that meet {params}",
        f"{len(found)} rows: {len(missing)} missing, {len(extra)} too many",
        *pages[:1],
        claim=f"sorted(row['id'] for row in answer.json()['items']) == sorted({wanted!r})",
        root=f"filters {pages[0].request.path}",
    )


def _filtered_by_key(entity: Entity, key: str, context: Context) -> None:
    where = listing(entity, context)
    whole, _ = everything(context, where)
    values = dict.fromkeys(item[key] for item in whole if item.get(key) is not None)
    if not values:
        raise NotApplicable(f"no row has a {key}")
    others = entity.states.values if entity.states and not key.endswith("_id") else [str(uuid4())]
    for value in [next(iter(values)), *others]:
        _agrees(context, where, whole, {key: value}, partial(_has, key, value))
    answer = context.http.send("GET", where.path, actor=where.actor, params={key: "no such value"})
    expect.problem(answer, 422, why=f"not a value of {key}")


def _has(key: str, value: str, item: Item) -> bool:
    return bool(item[key] == value)


def _searched(entity: Entity, fields: list[Field], context: Context) -> None:
    where = listing(entity, context)
    whole, _ = everything(context, where)
    texts = {item["id"]: [str(item.get(f.name) or "") for f in fields] for item in whole}
    words = next((t.split() for found in texts.values() for t in found if t.split()), [])
    if not words:
        raise NotApplicable("no row has a word to search for")
    word = words[0]
    queries = [word, word.upper(), word[1:-1] or word, " ".join(dict.fromkeys(words[:2])), "%", "_"]
    for query in [*queries, "zq-no-such-word", f"{word} zq-no-such-word"]:
        parts = [part.lower() for part in query.split()]
        _agrees(context, where, whole, {"q": query}, partial(_contains, texts, parts))


def _contains(texts: dict[str, list[str]], words: list[str], item: Item) -> bool:
    lowered = [text.lower() for text in texts[item["id"]]]
    return all(any(word in text for text in lowered) for word in words)

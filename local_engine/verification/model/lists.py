"""Lists: which rows a subject is shown, narrowed, ordered and cut as the query says (§3)."""

from __future__ import annotations

import base64
import json
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import Entity, Field, FieldType
from local_engine.verification.model.access import Judge
from local_engine.verification.model.outcome import Refused
from local_engine.verification.model.shown import shown
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import Invalid, from_text

DEFAULT_LIMIT = 20
MAX_LIMIT = 100

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}

_UNORDERED = frozenset({FieldType.BOOLEAN, FieldType.ENUM, FieldType.UUID})

Condition = Callable[[Row], bool]


@dataclass(frozen=True)
class Query:
    """What a list's parameters ask for."""

    conditions: tuple[Condition, ...]
    sort: tuple[str, ...]
    limit: int
    cursor: str | None


def admitted(judge: Judge, entity: Entity, rows: Iterable[Row]) -> list[Row]:
    """The rows that a list shows to the subject: admitted by `list` and by `read`.

    Refuses if no clause of `list` admits the subject and none is decided by the row.
    """
    access = entity.access["list"]
    if judge.through_parent(entity, "list") is None:
        judge.need_account(access)
        row_level = any(clause.row_level for clause in access.clauses)
        if not row_level and not judge.admits(access, None):
            raise judge.forbidden("the list is not for this actor")
        rows = [row for row in rows if judge.admits(access, row)]
    return [row for row in rows if judge.readable(row)]


def page(
    judge: Judge,
    entity: Entity,
    rows: Iterable[Row],
    parameters: Sequence[tuple[str, str]],
    default_sort: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The answer of a list over rows that the subject may see."""
    query = read_query(judge, entity, parameters, default_sort)
    found = [row for row in rows if all(condition(row) for condition in query.conditions)]
    ordered = sort_rows(judge, found, query.sort)
    start = _start(query, ordered)
    chosen = ordered[start : start + query.limit]
    more = start + query.limit < len(ordered)
    return {
        "items": [shown(judge, row) for row in chosen],
        "next_cursor": _cursor(query.sort, chosen[-1]) if more else None,
    }


def narrowed(judge: Judge, where: Expression | None, rows: Iterable[Row]) -> list[Row]:
    """The rows for which a condition holds."""
    return [row for row in rows if where is None or judge.view.holds(where, row)]


def read_query(
    judge: Judge,
    entity: Entity,
    parameters: Sequence[tuple[str, str]],
    default_sort: tuple[str, ...] = (),
) -> Query:
    """Read a list's parameters; refuses what is unknown or wrong with 422."""
    conditions: list[Condition] = []
    sort, limit, cursor = default_sort or entity.default_sort, DEFAULT_LIMIT, None
    for name, value in parameters:
        if name == "limit":
            limit = _limit(value)
        elif name == "cursor":
            cursor = value
        elif name == "sort":
            sort = _sort(judge, entity, value)
        elif name == "q" and _searched(judge, entity):
            conditions.append(_search(judge, _searched(judge, entity), value))
        else:
            conditions.append(_filter(judge, entity, name, value))
    return Query(tuple(conditions), sort, limit, cursor)


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= MAX_LIMIT:
        raise Refused(422, why="limit is not a number from 1 to 100", fields=("limit",))
    return int(text)


def sortable(judge: Judge, entity: Entity) -> list[str]:
    """The names that the subject may sort by."""
    fields = (one for one in entity.fields.values() if one.sort and not one.private)
    return ["created_at", "updated_at"] + [
        one.name for one in fields if judge.sees(one.visible_to, None)
    ]


def _sort(judge: Judge, entity: Entity, text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    known = sortable(judge, entity)
    if any(name.removeprefix("-") not in known for name in names):
        raise Refused(422, why=f"the rows cannot be sorted by {text}", fields=("sort",))
    return names


def _searched(judge: Judge, entity: Entity) -> list[str]:
    fields = (one for one in entity.fields.values() if one.search and not one.private)
    return [one.name for one in fields if judge.sees(one.visible_to, None)]


def _search(judge: Judge, names: list[str], text: str) -> Condition:
    words = [word.lower() for word in text.split()]

    def found(row: Row) -> bool:
        texts = [str(judge.view.get(row, name) or "").lower() for name in names]
        return all(any(word in one for one in texts) for word in words)

    return found


def _filter(judge: Judge, entity: Entity, name: str, text: str) -> Condition:
    key, _, how = name.partition(".")
    relation = key.removesuffix("_id") if key.endswith("_id") else ""
    if relation in entity.to_one:
        declared = entity.to_one[relation]
        if judge.sees(declared.visible_to, None) and (how == "" or declared.optional):
            id_field = Field(relation, FieldType.UUID, optional=declared.optional)
            return _condition(judge, id_field, name, how, text)
    field = _filterable(entity).get(key)
    if field is None or not judge.sees(field.visible_to, None):
        raise Refused(422, why=f"{name} is not a parameter of this list", fields=(name,))
    return _condition(judge, field, name, how, text)


def _filterable(entity: Entity) -> Mapping[str, Field]:
    fields = {one.name: one for one in entity.fields.values() if one.filter and not one.private}
    if entity.states:
        state = entity.states
        fields[state.field] = Field(state.field, FieldType.ENUM, values=state.values)
    return fields


def _condition(judge: Judge, field: Field, name: str, how: str, text: str) -> Condition:
    def value_of(row: Row) -> Any:
        raw = row.values.get(field.name)
        if field.type is FieldType.UUID:
            return None if raw is None else str(raw)
        return judge.view.get(row, field.name)

    if how == "null" and field.optional:
        if text not in ("true", "false"):
            raise Refused(422, why=f"{name} is true or false", fields=(name,))
        return lambda row: (value_of(row) is None) == (text == "true")
    if how not in _OPERATORS or (how and field.type in _UNORDERED):
        raise Refused(422, why=f"{name} is not a parameter of this list", fields=(name,))
    try:
        wanted = from_text(field, text)
    except Invalid as error:
        raise Refused(422, why=f"{name} is not {error}", fields=(name,)) from None
    if field.type is FieldType.UUID:
        wanted = str(wanted)
    compare = _OPERATORS[how]
    return lambda row: value_of(row) is not None and compare(value_of(row), wanted)


def sort_rows(judge: Judge, rows: Iterable[Row], names: Sequence[str]) -> list[Row]:
    """The rows in this order; nulls last ascending and first descending, ties by id."""
    keys = [(name.removeprefix("-"), -1 if name.startswith("-") else 1) for name in names]

    def compare(one: Row, other: Row) -> int:
        for name, sign in keys:
            left, right = judge.view.get(one, name), judge.view.get(other, name)
            if left == right:
                continue
            if left is None or right is None:
                return sign * (1 if left is None else -1)
            return sign * (1 if left > right else -1)
        last = keys[-1][1] if keys else 1
        return last * ((one.sequence > other.sequence) - (one.sequence < other.sequence))

    return sorted(rows, key=cmp_to_key(compare))


def _cursor(sort: Sequence[str], last: Row) -> str:
    return base64.urlsafe_b64encode(json.dumps([list(sort), last.id]).encode()).decode()


def _start(query: Query, ordered: Sequence[Row]) -> int:
    if query.cursor is None:
        return 0
    try:
        sort, last = json.loads(base64.urlsafe_b64decode(query.cursor.encode()))
    except (ValueError, TypeError):
        raise Refused(422, why="that is no cursor", fields=("cursor",)) from None
    if sort != list(query.sort):
        raise Refused(422, why="the cursor is of another order", fields=("cursor",))
    ids = [row.id for row in ordered]
    return ids.index(last) + 1 if last in ids else 0

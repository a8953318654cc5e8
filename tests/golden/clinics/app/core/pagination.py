"""Lists: keyset pages, filters, sorting and search, from an allow-list a kind of row.

A page costs the same wherever it lies, because the cursor names the last row that was shown and
the next page begins behind it; the id breaks ties, so no row is skipped or shown twice. What a
list may be filtered or sorted by is said in one `ListQuery`; any other parameter is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.datastructures import QueryParams

from .db import Database, Parameters
from .problem import FieldError, invalid
from .values import ValueType

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_SEARCH_LENGTH = 200
MAX_SEARCH_WORDS = 10

COLLATION = '"pg_c_utf8"'
"""Text compares by code point, and letter case folds by Unicode, whatever the server's locale."""

_OPERATORS = {"": "=", "gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
_RESERVED = frozenset({"limit", "cursor", "sort", "q"})


@dataclass(frozen=True, slots=True)
class ListField:
    """A field that a list may be filtered or sorted by, and the SQL expression behind it."""

    column: str
    type: ValueType
    filter: bool = False
    sort: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class SortKey:
    """One field of an order and its direction. Null counts as more than any value."""

    field: ListField
    descending: bool

    @property
    def sql(self) -> str:
        """The item of an ORDER BY clause."""
        return f"{self.field.column} {'DESC' if self.descending else 'ASC'}"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the clients of one list may ask for.

    `key` is the id's SQL expression; `default_sort` names fields, separated by commas, with `-` for
    descending; `search` is a lower-case SQL text, or None where there is nothing to search.
    """

    fields: Mapping[str, ListField]
    key: str
    default_sort: str
    search: str | None = None

    def parse(self, query: QueryParams, hidden: Collection[str] = ()) -> Page:
        """The page that a query string asks for; `hidden` fields count as unknown.

        Raises a 422 problem that names every parameter in question.
        """
        return _Parser(self, query, hidden).page()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, as conditions and order in SQL. Values are parameters."""

    limit: int
    sort: str
    key: str
    order: str
    cursor_key: str
    conditions: tuple[str, ...]
    parameters: Mapping[str, Any]

    async def fetch(
        self, database: Database, *, document: str, source: str, where: str, parameters: Parameters
    ) -> str:
        """The page as JSON text: `{"items": [...], "next_cursor": "..." or null}`.

        `document` is the SQL expression of one row's JSON, `source` the FROM clause, `where` the
        condition that says which rows exist for the actor. The page's ids are found first, so that
        JSON is made of its rows only; one row more than shown tells whether there is a next page.
        """
        condition = "\n                        AND ".join((where, *self.conditions))
        sql = f"""
            SELECT string_agg(shown.body, ',' ORDER BY shown.n) FILTER (WHERE shown.n <= %(limit)s),
                   max(shown.key) FILTER (WHERE shown.n = %(limit)s),
                   count(*) > %(limit)s
            FROM (
                SELECT {document}::text AS body,
                       {self.cursor_key}::text AS key,
                       row_number() OVER (ORDER BY {self.order}) AS n
                {source}
                WHERE {self.key} = ANY (ARRAY(
                    SELECT {self.key}
                    {source}
                    WHERE {condition}
                    ORDER BY {self.order}
                    LIMIT %(limit)s + 1
                ))
            ) AS shown
        """
        row = await database.fetch_one(sql, {**parameters, **self.parameters, "limit": self.limit})
        items, key, more = row or (None, None, False)
        cursor = f'"{_encode_cursor(self.sort, key)}"' if more else "null"
        return f'{{"items":[{items or ""}],"next_cursor":{cursor}}}'


class _Parser:
    """Reads one query string. Collects every complaint before it raises."""

    def __init__(self, query: ListQuery, params: QueryParams, hidden: Collection[str]) -> None:
        self._query = query
        self._params = params
        self._fields = {n: f for n, f in query.fields.items() if n not in hidden}
        self._errors: list[FieldError] = []
        self._conditions: list[str] = []
        self._values: dict[str, Any] = {}

    def page(self) -> Page:
        limit = self._limit()
        sort, keys = self._sort()
        self._filters()
        self._search()
        self._cursor(sort, keys)
        if self._errors:
            raise invalid(self._errors)
        columns = ", ".join(f"to_json({key.field.column}) #>> '{{}}'" for key in keys)
        return Page(
            limit=limit,
            sort=sort,
            key=self._query.key,
            order=", ".join([*(key.sql for key in keys), self._query.key]),
            cursor_key=f"json_build_array({columns}, {self._query.key})",
            conditions=tuple(self._conditions),
            parameters=self._values,
        )

    def _refuse(self, name: str, code: str, message: str) -> None:
        self._errors.append(FieldError(f"/query/{name}", code, message))

    def _bind(self, value: Any) -> str:
        """A parameter for this value; returns its placeholder."""
        name = f"list_{len(self._values)}"
        self._values[name] = value
        return f"%({name})s"

    def _limit(self) -> int:
        text = self._params.get("limit")
        if text is None:
            return DEFAULT_LIMIT
        if text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= MAX_LIMIT:
            return int(text)
        self._refuse("limit", "out_of_range", f"Give a number from 1 to {MAX_LIMIT}.")
        return DEFAULT_LIMIT

    def _sort(self) -> tuple[str, list[SortKey]]:
        default, fields = self._query.default_sort, self._query.fields
        sort = self._params.get("sort", default)
        names = [name.removeprefix("-") for name in sort.split(",")]
        if sort != default:
            allowed = {name for name, field in self._fields.items() if field.sort}
            if not allowed.issuperset(names) or len(set(names)) < len(names):
                text = f"Sort by one or more of: {', '.join(sorted(allowed))}; - for descending."
                self._refuse("sort", "not_allowed", text)
                sort = default
        keys = [SortKey(fields[n.removeprefix("-")], n.startswith("-")) for n in sort.split(",")]
        return sort, keys

    def _filters(self) -> None:
        seen: set[str] = set()
        for parameter, text in self._params.multi_items():
            if parameter in seen:
                self._refuse(parameter, "repeated", "Give this parameter once.")
                continue
            seen.add(parameter)
            if parameter not in _RESERVED:
                self._filter(parameter, text)
            elif parameter == "q" and self._query.search is None:
                self._refuse("q", "unknown", "This list cannot be searched.")

    def _filter(self, parameter: str, text: str) -> None:
        name, _, operator = parameter.partition(".")
        field = self._fields.get(name)
        known = field is not None and field.filter and operator in field_operators(field)
        if field is None or not known or parameter.endswith("."):
            self._refuse(parameter, "unknown", "This list has no such parameter.")
            return
        try:
            self._conditions.append(self._condition(field, operator, text))
        except ValueError:
            self._refuse(parameter, "type", f"Give {field.type.words}.")

    def _condition(self, field: ListField, operator: str, text: str) -> str:
        """The SQL of one filter. Raises ValueError for a value that is not of the field's type."""
        if operator == "null":
            if text not in {"true", "false"}:
                raise ValueError(text)
            return f"{field.column} IS {'' if text == 'true' else 'NOT '}NULL"
        value = self._bind(field.type.parse(text))
        return f"{field.column} {_OPERATORS[operator]} {value}"

    def _search(self) -> None:
        text, expression = self._params.get("q"), self._query.search
        if text is None or expression is None:
            return
        words = text.split()
        if len(text) > MAX_SEARCH_LENGTH or len(words) > MAX_SEARCH_WORDS:
            limits = f"{MAX_SEARCH_WORDS} words and {MAX_SEARCH_LENGTH} characters"
            self._refuse("q", "too_long", f"Search for at most {limits}.")
            return
        if "\0" in text:
            self._refuse("q", "character", "The character NUL occurs nowhere.")
            return
        for word in words:
            escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            pattern = self._bind(f"%{escaped}%")
            self._conditions.append(f"{expression} LIKE lower({pattern} COLLATE {COLLATION})")

    def _cursor(self, sort: str, keys: list[SortKey]) -> None:
        text = self._params.get("cursor")
        if text is None:
            return
        try:
            texts, last = _decode_cursor(text, sort)
            values = [_cursor_value(k, t) for k, t in zip(keys, texts, strict=True)]
        except ValueError:
            self._refuse("cursor", "invalid", "Give a next_cursor of this list and this sort.")
            return
        self._conditions.append(self._behind(keys, values, last))

    def _behind(self, keys: list[SortKey], values: list[Any], last: UUID) -> str:
        """The SQL condition for the rows that follow the last one shown."""
        condition = f"{self._query.key} > {self._bind(last)}"
        for key, value in reversed(list(zip(keys, values, strict=True))):
            column = key.field.column
            if value is None:
                more = f"{column} IS NOT NULL OR " if key.descending else ""
                condition = f"({more}{column} IS NULL AND {condition})"
                continue
            bound = self._bind(value)
            more = f"{column} {'<' if key.descending else '>'} {bound}"
            if key.field.nullable and not key.descending:
                more += f" OR {column} IS NULL"
            condition = f"({more} OR {column} = {bound} AND {condition})"
        first = keys[0]
        if not first.field.nullable:
            # Follows from the rest, but in this form an index is entered at the right place.
            operator = "<=" if first.descending else ">="
            condition = f"{first.field.column} {operator} {self._bind(values[0])} AND {condition}"
        return condition


def field_operators(field: ListField) -> tuple[str, ...]:
    """The filter operators that a field knows; the empty one is equality."""
    return (
        "",
        *(("gte", "gt", "lte", "lt") if field.type.ordered else ()),
        *(("null",) if field.nullable else ()),
    )


def _cursor_value(key: SortKey, text: str | None) -> Any:
    """One sort value of the last row shown. Raises ValueError unless the field can have it."""
    if text is not None:
        return key.field.type.parse(text)
    if key.field.nullable:
        return None
    raise ValueError("null where no null can be")


def _encode_cursor(sort: str, key: str) -> str:
    """The address of the last row shown; `key` is a JSON array of sort values and id."""
    return base64.urlsafe_b64encode(json.dumps([sort, *json.loads(key)]).encode()).decode()


def _decode_cursor(text: str, sort: str) -> tuple[list[str | None], UUID]:
    """Sort values and id of the last row shown. Raises ValueError unless it fits this sort."""
    try:
        content = json.loads(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, RecursionError) as error:
        raise ValueError("not a cursor") from error
    match content:
        case [str() as made_for, *values, str() as row] if made_for == sort and len(row) == 36:
            if all(value is None or isinstance(value, str) for value in values):
                return values, UUID(row)
    raise ValueError("not a cursor of this list")

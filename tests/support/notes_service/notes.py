"""The notes themselves: created, read, listed, changed, deleted."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Container
from datetime import UTC, datetime
from decimal import InvalidOperation
from typing import Any
from uuid import uuid4

from .application import FIELDS, NOTE
from .problems import Answer, Problem, invalid
from .values import accept, comparable, from_query, is_id, is_time

READ_ONLY = {"id", "author_id", "status", "created_at", "updated_at", "version"}
COMPARISONS = ("gte", "gt", "lte", "lt")
SORTABLE = {f.name for f in FIELDS if f.sort} | {"created_at", "updated_at"}
FIELD = NOTE.fields


class Notes:
    """Rows by id, each with a version; `state` is all that is stored."""

    def __init__(self, defects: set[str], users: Callable[[], Container[str]]) -> None:
        self.defects = defects
        self._users = users
        self.most_created: int | None = None
        self.state: dict[str, Any] = {"rows": {}, "clock": 0, "keys": {}}

    def now(self) -> str:
        """A time that is never the same twice."""
        self.state["clock"] += 1
        moment = datetime.fromtimestamp(1_767_225_600 + self.state["clock"], UTC)
        return moment.isoformat()

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row as it is answered."""
        hidden = {"version"} if "private_shown" in self.defects else {"version", "secret"}
        shown = {key: value for key, value in row.items() if key not in hidden}
        if "key_absent" in self.defects:
            del shown["done"]
        return shown

    def answer(self, row: dict[str, Any], status: int = 200) -> Answer:
        etag = {} if "no_etag" in self.defects else {"ETag": f'"{row["version"]}"'}
        return Answer(status, self.shown(row), etag)

    def create(self, user: dict[str, Any], body: dict[str, Any], key: str) -> Answer:
        visible = len(key) <= 255 and all("!" <= c <= "~" for c in key)
        if not visible and "any_key" not in self.defects:
            raise invalid("Idempotency-Key")
        stored = self.state["keys"].get((user["id"], key)) if key else None
        if stored and "keys_ignored" not in self.defects:
            if stored["body"] != body:
                raise Problem(409)
            replayed = {"Idempotency-Replayed": "true"}
            return Answer(201, stored["answer"], {**stored["headers"], **replayed})
        made = self.state["made"] = self.state.get("made", 0) + 1
        if self.most_created is not None and made > self.most_created:
            raise Problem(429, headers={"Retry-After": "60"})
        row = self._checked_new(body)
        moment = self.now()
        identity = {"id": str(uuid4()), "author_id": user["id"]}
        if "owner_taken" in self.defects and "author_id" in body:
            identity["author_id"] = body["author_id"]
        times = {"created_at": moment, "updated_at": moment}
        row = {**identity, **row, "status": "open", **times, "version": 1}
        if "not_stored" not in self.defects:
            self.state["rows"][row["id"]] = row
        answer = self.answer(row, 200 if "created_200" in self.defects else 201)
        if "no_location" not in self.defects:
            answer.headers["Location"] = f"/notes/{row['id']}"
        if key:
            kept = {"body": body, "answer": answer.json, "headers": dict(answer.headers)}
            self.state["keys"][user["id"], key] = kept
        return answer

    def _checked_new(self, body: dict[str, Any]) -> dict[str, Any]:
        self._known_keys(body)
        row: dict[str, Any] = {}
        for field in FIELDS:
            if field.name in body:
                row[field.name] = accept(field, body[field.name], self.defects)
            elif field.required_on_create and "required_ignored" not in self.defects:
                raise invalid(field.name)
            else:
                row[field.name] = getattr(field.default, "value", None)
        row["parent_id"] = self._reference(body.get("parent_id"))
        same_code = any(other["code"] == row["code"] for other in self.state["rows"].values())
        if same_code:
            raise Problem(409, rule="note.code.unique")
        return row

    def _known_keys(self, body: dict[str, Any]) -> None:
        ignored = {"no_such_key"} if "unknown_ignored" in self.defects else set()
        ignored |= READ_ONLY if "read_only_ignored" in self.defects else set()
        ignored |= self._taken_if_valid(body)
        for name in body if "unknown_ignored_all" not in self.defects else ():
            if name not in FIELD and name != "parent_id" and name not in ignored:
                raise invalid("elsewhere" if "pointer_wrong" in self.defects else name)

    def _taken_if_valid(self, body: dict[str, Any]) -> set[str]:
        """Keys that nobody may send, but that are refused for wrong values only."""
        taken: set[str] = set()
        if "owner_taken" in self.defects and body.get("author_id") in self._users():
            taken.add("author_id")
        if "times_taken" in self.defects and is_time(body.get("created_at")):
            taken.add("created_at")
        return taken

    def _reference(self, value: Any) -> str | None:
        if value is None:
            return None
        if not is_id(value):
            raise invalid("parent_id")
        if value not in self.state["rows"] and "dangling_taken" not in self.defects:
            code = "missing" if "reference_code" in self.defects else "reference"
            raise invalid("parent_id", code=code)
        return str(value)

    def row(self, row_id: str) -> dict[str, Any]:
        """The stored row; raises 404."""
        found: dict[str, Any] | None = self.state["rows"].get(row_id)
        if found is None:
            raise Problem(404)
        return found

    def read(self, row_id: str, etag: str) -> Answer:
        row = self.row(row_id)
        if etag == f'"{row["version"]}"' and "no_304" not in self.defects:
            return Answer(304, ..., {"ETag": etag})
        return self.answer({**row, "title": "other"} if "read_differs" in self.defects else row)

    def update(self, row: dict[str, Any], body: dict[str, Any], if_match: str) -> Answer:
        stale = if_match and if_match != f'"{row["version"]}"'
        if stale and "stale_taken" not in self.defects:
            raise Problem(412)
        self._known_keys(body)
        changes: dict[str, Any] = {}
        for name, value in body.items():
            if name == "parent_id":
                changes[name] = self._reference(value)
            elif name in FIELD:
                if FIELD[name].immutable and "immutable_ignored" not in self.defects:
                    raise invalid(name)
                changes[name] = accept(FIELD[name], value, self.defects)
        if "patch_resets" in self.defects and body:
            changes = {"done": not row["done"], **changes}
        changed = any(row[name] != value for name, value in changes.items())
        if changed or "always_new_version" in self.defects:
            row |= changes
            if "version_kept" not in self.defects:
                row |= {"version": row["version"] + 1, "updated_at": self.now()}
        return self.answer(row)

    def delete(self, row_id: str) -> Answer:
        if "delete_ignored" not in self.defects:
            del self.state["rows"][row_id]
        return Answer(204)

    def copy(self, row_id: str, times: int) -> None:
        """Add copies of a row."""
        rows = self.state["rows"]
        for number in range(times):
            rows[f"{row_id}-{number}"] = {**rows[row_id], "id": f"{row_id}-{len(rows)}"}

    def page(self, query: list[tuple[str, str]]) -> Answer:
        given = dict(query)
        limit = self._limit(given.pop("limit", "20"))
        cursor, sort = given.pop("cursor", None), given.pop("sort", "-created_at")
        rows = self._searched(list(self.state["rows"].values()), given.pop("q", ""))
        for name, text in given.items():
            rows = [row for row in rows if self._meets(row, name, text)]
        rows = self._sorted(rows, sort)
        start = self._start(cursor, sort)
        page, rest = rows[start : start + limit], rows[start + limit :]
        if "page_gap" in self.defects:
            rest = rest[1:]
        step = start + limit + ("page_gap" in self.defects) - ("page_repeats" in self.defects)
        if "crowd_breaks" in self.defects and given == {} and limit == 20 and len(rows) > 3:
            raise RuntimeError("too many at once")
        if "list_misshapen" in self.defects:
            return Answer(200, {"items": []})
        following = urlsafe_b64encode(json.dumps([step, sort]).encode()).decode() if rest else None
        if "query_a_row" in self.defects:
            time.sleep(0.0005 * len(page))
        if "whole_table" in self.defects and len(rows) > 300:
            time.sleep(0.1)
        if "slow" in self.defects and limit == 20 and len(rows) > 300:
            time.sleep(0.3)
        items = [self.shown(row) for row in page]
        return Answer(200, {"items": items, "next_cursor": following})

    def _limit(self, text: str) -> int:
        if "limit_capped" in self.defects and text.lstrip("-").isdigit():
            return max(1, min(int(text), 100))
        if not text.isdigit() or not 1 <= int(text) <= 100:
            raise invalid("limit")
        return int(text)

    def _start(self, cursor: str | None, sort: str) -> int:
        if cursor is None:
            return 0
        try:
            start, of_sort = json.loads(urlsafe_b64decode(cursor.encode()))
            if of_sort != sort and "cursor_any_sort" not in self.defects:
                raise ValueError("another sort")
            return int(start)
        except (ValueError, TypeError, RecursionError) as error:
            if "cursor_ignored" in self.defects:
                return 0
            raise invalid("cursor") from error

    def _sorted(self, rows: list[dict[str, Any]], sort: str) -> list[dict[str, Any]]:
        rows = sorted(rows, key=lambda row: str(row["id"]))
        for name in reversed(sort.split(",")):
            column = name.removeprefix("-")
            if column not in SORTABLE:
                if "sort_ignored" in self.defects:
                    continue
                raise invalid("sort")
            if "order_wrong" in self.defects:
                continue
            field = FIELD.get(column)
            nulls = "nulls_first" not in self.defects
            rows.sort(
                key=lambda row, c=column, f=field: (  # type: ignore[misc]
                    (row[c] is None) == nulls,
                    comparable(f, row[c]) if row[c] is not None else 0,
                ),
                reverse=name.startswith("-"),
            )
        return rows

    def _meets(self, row: dict[str, Any], name: str, text: str) -> bool:
        column, _, operator = name.partition(".")
        if column in ("author_id", "parent_id", "status") and not operator:
            known = text in ("open", "filed") if column == "status" else is_id(text)
            if not known:
                raise invalid(name)
            return bool(row[column] == text) or "reference_filter_ignored" in self.defects
        field = FIELD.get(column)
        if field is None or not field.filter or field.private:
            if "unknown_parameter_ignored" in self.defects:
                return True
            raise invalid(name)
        if operator == "null" and field.optional and text in ("true", "false"):
            return (row[column] is None) == (text == "true")
        try:
            wanted = from_query(field, text)
        except (ValueError, InvalidOperation) as error:
            if "wrong_filter_ignored" in self.defects:
                return True
            raise invalid(name) from error
        return self._compares(comparable(field, row[column]), operator, wanted, name)

    def _compares(self, value: Any, operator: str, wanted: Any, name: str) -> bool:
        if "filter_ignored" in self.defects:
            return True
        if value is None:
            return "nulls_meet" in self.defects
        match operator:
            case "":
                return bool(value == wanted)
            case "gte" | "gt" if value > wanted:
                return True
            case "lte" | "lt" if value < wanted:
                return True
            case "gte" | "lte":
                return bool(value == wanted)
            case "gt" | "lt":
                return "gt_is_gte" in self.defects and bool(value == wanted)
        raise invalid(name)

    def _searched(self, rows: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
        if "search_breaks" in self.defects and "'" in text:
            raise RuntimeError("not a query")
        if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
            raise invalid("q")
        if "search_case" not in self.defects:
            words = [word.lower() for word in text.split()]
        else:
            words = text.split()
        if "search_any" in self.defects and words:
            words = words[:1]
        if "search_patterns" in self.defects and text in ("%", "_"):
            words = []

        def found(row: dict[str, Any], word: str) -> bool:
            return any(word in str(row[name] or "").lower() for name in ("title", "body"))

        return [row for row in rows if all(found(row, word) for word in words)]

"""Holds the answers of a service against what the model expects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from local_engine.verification import expect
from local_engine.verification.checks import CheckFailed
from local_engine.verification.http import Exchange
from local_engine.verification.model.outcome import UNKNOWN, Expected

TOLERANCE = timedelta(seconds=20)
_SERVICE_ONLY = frozenset({"created_at", "updated_at"})


def compare(
    expected: Expected,
    exchange: Exchange,
    *,
    new_ids: Iterable[str] = (),
    before: Sequence[Exchange] = (),
) -> None:
    """Raise CheckFailed unless the answer is the expected one.

    `new_ids` are ids in the model that the service does not know yet, `before` the exchanges that
    a reader needs to understand a failure.
    """
    _check_status(expected, exchange, before)
    if exchange.status >= 400:
        _check_refusal(expected, exchange, before)
    elif expected.body is not UNKNOWN and exchange.status not in (204, 304):
        _check_body(expected, exchange, frozenset(new_ids), before)


def _check_status(expected: Expected, exchange: Exchange, before: Sequence[Exchange]) -> None:
    if exchange.status in expected.statuses:
        return
    statuses = " or ".join(str(status) for status in sorted(expected.statuses))
    raise CheckFailed(
        f"status {statuses} ({expected.why})",
        f"status {exchange.status}{_detail(exchange)}",
        (*before, exchange),
        claim=f"answer.status_code in {tuple(sorted(expected.statuses))!r}",
    )


def _detail(exchange: Exchange) -> str:
    document = exchange.json
    detail = document.get("detail") if isinstance(document, dict) else None
    errors = document.get("errors") if isinstance(document, dict) else None
    return (f": {str(detail)[:300]}" if detail else "") + (f" {errors}" if errors else "")


def _check_refusal(expected: Expected, exchange: Exchange, before: Sequence[Exchange]) -> None:
    expect.problem(exchange, exchange.status, before=before)
    rule = exchange.json.get("rule")
    if expected.rules and rule not in expected.rules:
        wanted = " or ".join(sorted(expected.rules))
        raise CheckFailed(
            f"{exchange.status} with the rule {wanted}",
            f"{exchange.status} with the rule {rule}{_detail(exchange)}",
            (*before, exchange),
            claim=f"answer.json().get('rule') in {tuple(sorted(expected.rules))!r}",
        )
    if exchange.status == 422 and expected.fields:
        named = {pointer.split("/")[1] for pointer in expect.pointers(exchange) if "/" in pointer}
        wanted_fields = {name.split("/")[0] for name in expected.fields}
        parameters = exchange.request.method == "GET"
        if not parameters and not named & wanted_fields:
            expect.names_field(exchange, min(wanted_fields), before=before)


def _check_body(
    expected: Expected, exchange: Exchange, new_ids: frozenset[str], before: Sequence[Exchange]
) -> None:
    if isinstance(expected.body, bytes):
        same = expected.body == exchange.response.body
        difference = "" if same else "in the bytes of the file"
    else:
        difference = differs(expected.body, exchange.json, new_ids)
    if difference:
        raise CheckFailed(
            "an answer as the Blueprint says",
            f"a difference {difference}",
            (*before, exchange),
        )


def differs(expected: Any, found: Any, new_ids: frozenset[str] = frozenset(), at: str = "") -> str:
    """Where and how a JSON value differs from the expected one; empty if it does not."""
    where = f"at {at or 'the top'}: "
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return f"{where}no object"
        return _objects_differ(expected, found, new_ids, at)
    if isinstance(expected, list):
        if not isinstance(found, list):
            return f"{where}no array"
        if expected and all(isinstance(one, dict) and "id" in one for one in expected):
            return _rows_differ(expected, found, new_ids, at)
        if len(expected) != len(found):
            return f"{where}{len(found)} items instead of {len(expected)}"
        pairs = enumerate(zip(expected, found, strict=True))
        return next(
            (text for i, (a, b) in pairs if (text := differs(a, b, new_ids, f"{at}/{i}"))), ""
        )
    if isinstance(expected, str) and expected in new_ids:
        return ""
    if type(expected) is type(found) and expected == found:
        return ""
    if _about_the_same_time(expected, found):
        return ""
    return f"{where}{_short(found)} instead of {_short(expected)}"


def _objects_differ(
    expected: Mapping[str, Any], found: Mapping[str, Any], new_ids: frozenset[str], at: str
) -> str:
    missing, extra = expected.keys() - found.keys(), found.keys() - expected.keys()
    if missing:
        return f"at {at or 'the top'}: without {', '.join(sorted(missing))}"
    if extra:
        return f"at {at or 'the top'}: shows {', '.join(sorted(extra))}"
    for key, value in expected.items():
        if key in _SERVICE_ONLY or (key == "next_cursor" and value is not None):
            continue
        difference = differs(value, found[key], new_ids, f"{at}/{key}")
        if difference:
            return difference
    return ""


def _rows_differ(
    expected: list[dict[str, Any]], found: list[Any], new_ids: frozenset[str], at: str
) -> str:
    """Lists of rows are compared as sets: which rows, and what they show."""
    left = [one for one in found if isinstance(one, dict)]
    for row in expected:
        match = next((one for one in left if not differs(row, one, new_ids)), None)
        if match is not None:
            left.remove(match)
            continue
        same_id = next((one for one in left if one.get("id") == row["id"]), None)
        if same_id is None:
            return f"at {at}: the row {row['id']} is not there"
        return differs(row, same_id, new_ids, f"{at}/{row['id']}")
    if left:
        return f"at {at}: a row too many, {left[0].get('id')}"
    return ""


def _about_the_same_time(expected: Any, found: Any) -> bool:
    if not isinstance(expected, str) or not isinstance(found, str) or "T" not in expected:
        return False
    try:
        difference = datetime.fromisoformat(expected) - datetime.fromisoformat(found)
    except (ValueError, TypeError):
        return False
    return abs(difference) < TOLERANCE


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."

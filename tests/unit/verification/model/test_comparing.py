"""What counts as a difference between an answer and the model's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bench import Bench

from local_engine.verification.checks import CheckFailed
from local_engine.verification.http import Exchange, Request, Response
from local_engine.verification.model.comparing import compare, differs
from local_engine.verification.model.outcome import Expected
from local_engine.verification.model.store import Store
from local_engine.verification.model.witness import Witness


@pytest.mark.parametrize(
    ("expected", "found", "words"),
    [
        ({"a": 1}, {"a": 1}, ""),
        ({"a": 1}, {"a": 1, "secret": 2}, "shows secret"),
        ({"a": 1, "b": 2}, {"a": 1}, "without b"),
        ({"a": "1.50"}, {"a": "1.5"}, "/a"),
        ({"a": 1}, {"a": True}, "/a"),
        ({"a": None}, {"a": 0}, "/a"),
        ({"at": "2026-01-01T10:00:00+00:00"}, {"at": "2026-01-01T10:00:03+00:00"}, ""),
        ({"at": "2026-01-01T10:00:00+00:00"}, {"at": "2026-01-01T11:00:00+00:00"}, "/at"),
        ({"created_at": "x"}, {"created_at": "y"}, ""),
        ([{"id": "1"}, {"id": "2"}], [{"id": "2"}, {"id": "1"}], ""),
        ([{"id": "1"}], [{"id": "1"}, {"id": "2"}], "a row too many, 2"),
        ([{"id": "1"}], [], "the row 1 is not there"),
        ([], [{"id": "1"}], "1 items instead of 0"),
        ([{"value": 1}, {"value": 2}], [{"value": 2}, {"value": 1}], "/0/value"),
    ],
)
def test_differences(expected: Any, found: Any, words: str) -> None:
    difference = differs(expected, found)
    assert words in difference
    assert bool(words) == bool(difference)


def test_an_id_that_is_not_known_yet_may_be_any() -> None:
    assert differs({"id": "mine", "n": 1}, {"id": "theirs", "n": 1}, frozenset({"mine"})) == ""
    assert differs({"id": "mine", "n": 1}, {"id": "theirs", "n": 2}, frozenset({"mine"})) != ""


def _refusal(status: int, **more: Any) -> Exchange:
    document = {"type": "a", "title": "a", "status": status, "detail": "a", "request_id": "a"}
    body = json.dumps({**document, **more}).encode()
    headers = (("content-type", "application/problem+json"),)
    return Exchange(Request("POST", "/things"), Response(status, headers, body))


def test_refusals_name_the_rule_and_the_fields() -> None:
    rule = Expected(frozenset({409}), "", Store(), rules=frozenset({"thing.unique"}))
    compare(rule, _refusal(409, rule="thing.unique"))
    with pytest.raises(CheckFailed, match=r"the rule thing\.unique"):
        compare(rule, _refusal(409, rule="thing.check"))
    fields = Expected(frozenset({422}), "", Store(), fields=("name",))
    compare(fields, _refusal(422, errors=[{"pointer": "/name", "code": "a", "message": "a"}]))
    with pytest.raises(CheckFailed, match="/name"):
        compare(fields, _refusal(422, errors=[{"pointer": "/other", "code": "a", "message": "a"}]))
    with pytest.raises(CheckFailed, match="status 409"):
        compare(rule, _refusal(404))


class _Database:
    """Answers the witness's question from a dictionary."""

    def __init__(self) -> None:
        self.digests = {"notes": "1 a"}

    def query(self, sql: str, parameters: object = ()) -> list[dict[str, Any]]:
        assert 'FROM "notes" AS t' in sql
        return [{"name": name, "digest": digest} for name, digest in self.digests.items()]


def test_the_witness_sees_any_change() -> None:
    text = "entities:\n  Note:\n    fields: {a: string}\n    access: {read: public, create: public}"
    database = _Database()
    witness = Witness(Bench(text).application, database)  # type: ignore[arg-type]
    witness.before(0)
    witness.unchanged(_refusal(403))
    database.digests["notes"] = "1 b"
    with pytest.raises(CheckFailed, match="changes in notes"):
        witness.unchanged(_refusal(403))

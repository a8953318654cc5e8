"""Request bodies: what is refused, how, and in which order."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import pytest
from starlette.requests import Request

from local_engine.generator.emit.fastapi.fixed.core.body import (
    Body,
    Input,
    NoInput,
    Patch,
    absent,
    receive_body,
    receive_bytes,
)
from local_engine.generator.emit.fastapi.fixed.core.problem import Problem
from local_engine.generator.emit.fastapi.fixed.core.services import SCOPE_KEY


class Inner(Input):
    """A part of a body."""

    text: str


class Thing(Input):
    """A body."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id"})

    name: str
    count: int = 0
    inner: Inner | None = None
    tags: list[str] | None = None


class ThingUpdate(Patch):
    """Changes of a thing."""

    name: str = absent()
    note: str | None = absent()


def refusal(raw: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        Body(raw, Thing).value()
    return caught.value


def errors(raw: bytes) -> list[tuple[str, str]]:
    problem = refusal(raw)
    assert problem.status == 422
    return [(e["pointer"], e["code"]) for e in problem.extensions["errors"]]


def test_a_good_body_is_read() -> None:
    body = Body(b'{"name": "a", "inner": {"text": "\\u00e4"}}', Thing)
    value = body.value()
    assert value.inner is not None
    assert (value.name, value.count, value.inner.text) == ("a", 0, "ä")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"name": "a"',
        b"{'name': 'a'}",
        b'{"name": "\xff"}',
        b'{"name": "a\x00b"}',
        b'{"name": NaNa}',
        b"[" * 5000 + b"]" * 5000,
        '{"name": "a"}'.encode("utf-16"),
    ],
)
def test_what_is_no_json_is_malformed(raw: bytes) -> None:
    assert refusal(raw).status == 400


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"1", b"true"])
def test_what_is_no_object_is_invalid(raw: bytes) -> None:
    assert errors(raw) == [("", "type")]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"{}", [("/name", "required")]),
        (b'{"name": 1}', [("/name", "type")]),
        (b'{"name": null}', [("/name", "type")]),
        (b'{"name": "a", "count": "1"}', [("/count", "type")]),
        (b'{"name": "a", "count": 1.5}', [("/count", "type")]),
        (b'{"name": "a", "count": true}', [("/count", "type")]),
        (b'{"name": "a", "owner": 1}', [("/owner", "unknown")]),
        (b'{"name": "a", "id": 1}', [("/id", "read_only")]),
        (b'{"name": "a", "inner": {"id": 1, "text": ""}}', [("/inner/id", "unknown")]),
        (b'{"name": "a", "tags": ["x", 2]}', [("/tags/1", "type")]),
        (b'{"name": "a", "a/b~c": 1}', [("/a~1b~0c", "unknown")]),
        (b'{"name": 1, "count": ""}', [("/name", "type"), ("/count", "type")]),
    ],
)
def test_each_refused_value_is_named(raw: bytes, expected: list[tuple[str, str]]) -> None:
    assert errors(raw) == expected


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b'{"name": "a\\u0000"}', "/name"),
        (b'{"name": "\\ud800"}', "/name"),
        (b'{"name": "a", "inner": {"text": "\\udc00x"}}', "/inner/text"),
        (b'{"name": "a", "tags": ["ok", "\\u0000"]}', "/tags/1"),
    ],
)
def test_characters_that_cannot_be_stored_are_invalid(raw: bytes, pointer: str) -> None:
    assert errors(raw) == [(pointer, "character")]


def test_an_escaped_backslash_is_no_nul() -> None:
    assert Body(b'{"name": "\\\\u0000"}', Thing).value().name == "\\u0000"


def test_a_surrogate_pair_is_a_character() -> None:
    assert Body(b'{"name": "\\ud83d\\ude00"}', Thing).value().name == "😀"


def test_a_refused_value_is_not_echoed() -> None:
    assert "s3cret" not in str(refusal(b'{"name": ["s3cret"]}').body())


def test_the_digest_tells_bodies_apart() -> None:
    one, other = Body(b'{"name":"a"}', Thing), Body(b'{"name":"b"}', Thing)
    assert one.digest() != other.digest()
    assert one.digest() == Body(b'{"name":"a"}', Thing).digest()


def test_a_patch_knows_what_was_given() -> None:
    columns = {"name": "name", "note": "note_text"}
    assert Body(b"{}", ThingUpdate).value().given(columns) == {}
    assert Body(b'{"note": null}', ThingUpdate).value().given(columns) == {"note_text": None}
    with pytest.raises(Problem) as caught:
        Body(b'{"name": null}', ThingUpdate).value()
    assert caught.value.extensions["errors"][0]["pointer"] == "/name"


def request(chunks: list[bytes], limit: int = 20, **headers: str) -> Request:
    """A request that delivers these chunks; the settings are only the limit."""

    class Settings:
        body_limit_bytes = limit

    class Services:
        settings = Settings

    remaining = list(chunks)

    async def receive() -> dict[str, Any]:
        chunk = remaining.pop(0) if remaining else b""
        return {"type": "http.request", "body": chunk, "more_body": bool(remaining)}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "headers": raw, SCOPE_KEY: Services}
    return Request(scope, receive)


def test_the_limit_holds_for_a_declared_length() -> None:
    with pytest.raises(Problem) as caught:
        asyncio.run(receive_bytes(request([b"x"], content_length="21"), 20))
    assert caught.value.status == 413


def test_the_limit_holds_for_a_stream_and_stops_reading() -> None:
    chunks = [b"x" * 15, b"x" * 15, b"x" * 15]
    streamed = request(chunks)
    with pytest.raises(Problem) as caught:
        asyncio.run(receive_bytes(streamed, 20))
    assert caught.value.status == 413


def test_a_body_of_just_the_limit_is_read() -> None:
    assert asyncio.run(receive_bytes(request([b"x" * 10, b"x" * 10]), 20)) == b"x" * 20


@pytest.mark.parametrize(
    ("content_type", "accepted"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ('Application/JSON;charset="UTF-8"', True),
        ("application/json; charset=latin-1", False),
        ("application/jsonx", False),
        ("text/plain", False),
        ("", False),
    ],
)
def test_only_json_is_read(content_type: str, accepted: bool) -> None:
    incoming = request([b'{"name":"a"}'], content_type=content_type)
    body = asyncio.run(receive_body(incoming, Thing))
    if accepted:
        body.require_readable()
    else:
        with pytest.raises(Problem) as caught:
            body.require_readable()
        assert caught.value.status == 415


def test_receiving_refuses_nothing_yet() -> None:
    body = asyncio.run(receive_body(request([b"x" * 30], content_type="text/plain"), Thing))
    with pytest.raises(Problem) as caught:
        body.value()
    assert caught.value.status == 413


def test_an_optional_body_may_be_missing_but_not_be_anything() -> None:
    asyncio.run(receive_body(request([]), NoInput, optional=True)).value()
    asyncio.run(
        receive_body(request([b"{}"], content_type="application/json"), NoInput, optional=True)
    ).value()
    wrong = request([b'{"a":1}'], content_type="application/json")
    with pytest.raises(Problem) as caught:
        asyncio.run(receive_body(wrong, NoInput, optional=True)).value()
    assert caught.value.status == 422

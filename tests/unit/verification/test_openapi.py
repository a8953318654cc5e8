"""Answers compared with an OpenAPI document."""

from typing import Any

import pytest

from local_engine.verification.http import Exchange, Request, Response
from local_engine.verification.openapi import Document

NOTE = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "at": {"type": "string", "format": "date-time"},
        "on": {"type": "string", "format": "date"},
        "parent": {"anyOf": [{"$ref": "#/components/schemas/Note"}, {"type": "null"}]},
    },
    "required": ["id"],
    "additionalProperties": False,
}
REF = {"schema": {"$ref": "#/components/schemas/Note"}}
PROBLEM = {"application/problem+json": {"schema": {"type": "object"}}}
DOCUMENT = Document(
    {
        "paths": {
            "/notes/{id}": {
                "get": {
                    "responses": {
                        "200": {"content": {"application/json": REF}},
                        "304": {},
                        "404": {"content": PROBLEM},
                        "default": {"content": PROBLEM},
                    }
                },
                "delete": {"responses": {"204": {}}},
            },
            "/notes/mine": {"get": {"responses": {"2XX": {"content": {"*/*": {}}}}}},
        },
        "components": {"schemas": {"Note": NOTE}},
    }
)
ID = "0190b6f0-7f3a-7c3a-8f3a-123456789abc"
JSON = "application/json"


def fault(
    status: int, body: str, kind: str = JSON, path: str = "/notes/1", method: str = "GET"
) -> str:
    response = Response(status, (("content-type", kind),), body.encode())
    return DOCUMENT.fault(Exchange(Request(method, path), response))


@pytest.mark.parametrize(
    "arguments",
    [
        (200, f'{{"id": "{ID}", "at": "2026-01-01T00:00:00+00:00", "on": "2026-02-28"}}'),
        (200, f'{{"id": "{ID}", "parent": {{"id": "{ID}", "parent": null}}}}'),
        (200, f'{{"id": "{ID}"}}', "application/json; charset=utf-8"),
        (304, "", ""),
        (404, "{}", "application/problem+json"),
        (503, "{}", "application/problem+json"),
        (429, "{}", "application/problem+json"),
        (204, "", "", "/notes/1", "DELETE"),
        (200, "text", "text/plain", "/notes/mine"),
        (418, "not described at all", "text/plain", "/other"),
    ],
)
def test_as_described(arguments: tuple[Any, ...]) -> None:
    assert fault(*arguments) == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((201, "{}"), "status 201, which the document does not mention"),
        ((403, "{}", "application/problem+json"), "status 403"),
        ((200, "{}"), '"id" is a required property'),
        ((200, f'{{"id": "{ID}", "more": 1}}'), "'more' was unexpected"),
        ((200, '{"id": "1"}'), "at /id"),
        ((200, f'{{"id": "{ID}", "at": "2026-01-01"}}'), "at /at"),
        ((200, f'{{"id": "{ID}", "at": "2026-13-01T00:00:00Z"}}'), "at /at"),
        ((200, f'{{"id": "{ID}", "on": "2026-02-30"}}'), "at /on"),
        ((200, f'{{"id": "{ID}", "parent": {{}}}}'), "at /parent"),
        ((200, "not JSON"), 'null is not of type "object"'),
        ((200, "{}", "text/html"), "content type text/html instead of application/json"),
        ((404, "{}"), "content type application/json"),
        ((204, "{}", JSON, "/notes/1", "DELETE"), "a body of application/json"),
    ],
)
def test_not_as_described(arguments: tuple[Any, ...], words: str) -> None:
    assert words in fault(*arguments)


def test_fixed_segments_win() -> None:
    assert DOCUMENT.template("/notes/mine") == "/notes/mine"
    assert DOCUMENT.template("/notes/other") == "/notes/{id}"
    assert DOCUMENT.template("/notes/a/b") is None
    assert [str(operation) for operation in DOCUMENT.operations] == [
        "GET /notes/{id}",
        "DELETE /notes/{id}",
        "GET /notes/mine",
    ]

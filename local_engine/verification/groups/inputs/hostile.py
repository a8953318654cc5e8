"""Requests that nobody sends in good faith: huge, deep, wandering out of the tree."""

from collections.abc import Iterator
from functools import partial

from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.verification import expect
from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.checks import Check, CheckFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.inputs.senders import draft_of
from local_engine.verification.http import Exchange
from local_engine.verification.shape import writable_fields

BODY_LIMIT = 1024 * 1024
_JSON = {"Content-Type": "application/json"}
_CHUNKED = {**_JSON, "Transfer-Encoding": "chunked"}

_OUTSIDE = (
    "/../../../../etc/passwd",
    "/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/....//....//etc/passwd",
    "/%5c..%5c..%5cwindows%5cwin.ini",
    "//etc/passwd",
    "/blueprint.yaml",
    "/.env",
    "/.git/config",
    "/app/main.py",
)
_LEAKS = ("root:", "[fonts]", "blueprint:", "SECRET_KEY", "[core]", "import ")


def checks(application: Application) -> Iterator[Check]:
    """Checks of the service as a whole, by way of one entity that can be created."""
    yield Check("input.traversal", "No path leads to a file of the machine or project.", _traversal)
    yield Check("input.headers", "Odd headers and an endless query break nothing.", _headers)
    target = next((e for e in application.own_entities if "create" in e.actions), None)
    if target is None:
        return
    yield Check("input.oversized", "A body over the limit is refused 413.", partial(_huge, target))
    yield Check(
        "input.oversized_chunked",
        "A body over the limit is refused 413 also when its length is not announced.",
        partial(_huge_chunked, target),
    )
    yield Check("input.deep_json", "Deeply nested JSON is refused.", partial(_deep, target))
    yield Check("input.odd_numbers", "NaN, Infinity and 1e999 are refused.", partial(_odd, target))
    yield Check(
        "input.canary",
        "After all this every table is there with its rows.",
        partial(_canary, target),
    )


def _where(entity: Entity, context: Context) -> tuple[str, Actor]:
    draft = draft_of(entity, context)
    return draft.path, draft.actor


def _traversal(context: Context) -> None:
    for path in _OUTSIDE:
        for prefix in ("", *_prefixes(context)):
            answer = context.http.send("GET", prefix + path)
            leaked = next((mark for mark in _LEAKS if mark in answer.text), None)
            if answer.status < 300 or leaked:
                raise CheckFailed(
                    "404, and no file",
                    f"status {answer.status}, {answer.text[:80]!r}",
                    (answer,),
                    claim="answer.status_code >= 400",
                )


def _prefixes(context: Context) -> list[str]:
    fixed = [route.path for route in context.routes if "{" not in route.path]
    return [*fixed[:1], "/docs"]


def _headers(context: Context) -> None:
    odd: list[dict[str, str]] = [
        {"Authorization": "Bearer " + "x" * 6000},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Authorization": "Bearer \xff\xfe"},
        {"X-Request-Id": "a" * 3000},
        {"If-None-Match": 'W/"' + "x" * 3000},
        {"Accept": "text/html;q=\xff"},
        {"Content-Type": "\xff\xfe"},
    ]
    for headers in odd:
        answer = context.http.send("GET", "/users/me", headers=headers)
        expect.problem(answer, 401, 400, 431, why="no valid token")
    answer = context.http.send("GET", "/users/me?" + "a=1&" * 2000)
    expect.status_is(answer, 401, 400, 414, 422, 431)


def _huge(entity: Entity, context: Context) -> None:
    path, actor = _where(entity, context)
    body = b'{"a": "' + b"x" * BODY_LIMIT + b'"}'
    _too_large(context.http.send("POST", path, actor=actor, body=body, headers=_JSON))


def _huge_chunked(entity: Entity, context: Context) -> None:
    path, actor = _where(entity, context)
    body = b'{"a": "' + b"x" * BODY_LIMIT + b'"}'
    _too_large(context.http.send("POST", path, actor=actor, body=body, headers=_CHUNKED))


def _too_large(answer: Exchange) -> None:
    expect.problem(answer, 413, why="the body is larger than 1 MiB")


def _deep(entity: Entity, context: Context) -> None:
    path, actor = _where(entity, context)
    field = next((field.name for field in writable_fields(entity)), "a")
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        depth = 50_000
        nested = f'{{"{field}": {opening * depth}1{closing * depth}}}'.encode()
        answer = context.http.send("POST", path, actor=actor, body=nested, headers=_JSON)
        expect.problem(answer, 400, 422, why=f"{depth} levels deep")


def _odd(entity: Entity, context: Context) -> None:
    path, actor = _where(entity, context)
    field = next((field.name for field in writable_fields(entity)), "a")
    for number in ("NaN", "-Infinity", "1e999", "-1e-999", "9" * 5000):
        body = f'{{"{field}": {{"x": {number}}}, "no_such_key": {number}}}'.encode()
        answer = context.http.send("POST", path, actor=actor, body=body, headers=_JSON)
        expect.problem(answer, 400, 422, why=f"{number[:12]} is no acceptable number")


def _canary(entity: Entity, context: Context) -> None:
    answer = context.http.send("GET", "/users/me", actor=context.world.actor("user"))
    expect.status_is(answer, 200, why="the users are still there")
    draft = context.world.draft(entity.name)
    made = context.http.send("POST", draft.path, actor=draft.actor, json=draft.body)
    expect.status_is(made, 200, 201, 409, why="the service still works")
    expect.status_is(context.http.send("GET", "/ready", actor=ANONYMOUS), 200)

"""Paths that do not exist, methods that a path does not have, tokens that are missing."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification import expect
from local_engine.verification.checks import Check
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange
from local_engine.verification.routes import promised_routes

_METHODS = ("DELETE", "PATCH", "PUT", "POST", "GET")
_IMPLIED = {"HEAD", "OPTIONS"}
_TRIED = 2


def checks(application: Application) -> Iterator[Check]:
    """Checks of paths and methods."""
    yield Check(
        "contract.unknown_path", "A path that does not exist is answered 404.", _unknown_path
    )
    methods: dict[str, set[str]] = {}
    for route in promised_routes(application):
        methods.setdefault(route.path, set()).add(route.method)
    by_area: dict[str, dict[str, set[str]]] = {}
    for path, promised in methods.items():
        by_area.setdefault(_area(path), {})[path] = promised
    for area, paths in by_area.items():
        yield Check(
            f"contract.wrong_method.{area}",
            f"Paths of {area} answer a method they do not have with 405 and Allow.",
            partial(_wrong_methods, paths),
        )


def _area(path: str) -> str:
    """The last fixed segment that is not an action, in snake_case: what the path is about."""
    return path.split("/")[1].replace("-", "_")


def _unknown_path(context: Context) -> None:
    for method, path in (("GET", "/no-such-path"), ("POST", "/no/such/path"), ("GET", "//")):
        expect.problem(context.http.send(method, path), 404, why="no such path")


def _wrong_methods(paths: dict[str, set[str]], context: Context) -> None:
    for path, promised in paths.items():
        others = [method for method in _METHODS if method not in promised][:_TRIED]
        for method in others:
            answer = context.http.send(method, _instance(context, path))
            expect.problem(answer, 405, why=f"{path} has {', '.join(sorted(promised))} only")
            _allow_is(answer, promised)


def _allow_is(answer: Exchange, promised: set[str]) -> None:
    allow = answer.header("allow")
    allowed = {method.strip().upper() for method in allow.split(",") if method.strip()}
    expect.holds(
        allowed - _IMPLIED == promised,
        f"Allow: {', '.join(sorted(promised))}",
        f"Allow: {allow}" if allow else "no Allow header",
        answer,
        claim=f"'allow' in answer.headers and {sorted(promised)[0]!r} in answer.headers['allow']",
    )


def _instance(context: Context, path: str) -> str:
    random = context.random("path", path)
    parts = [
        str(UUID(int=random.getrandbits(128), version=4)) if part.startswith("{") else part
        for part in path.split("/")
    ]
    return "/".join(parts)

"""Routes in the source and routes in the OpenAPI document are the same."""

import ast
from collections.abc import Iterator

from local_engine.verification.checks import Check, CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.static.source import Source, compiled
from local_engine.verification.routes import nameless

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_UNDESCRIBED = ("/docs", "/redoc", "/openapi.json", "/health", "/ready", "/docs/oauth2-redirect")
# In the source of every project, and switched on by `sign_up`.
_OPTIONAL = ("/auth/register", "/auth/invitations")


def checks() -> Iterator[Check]:
    """Both directions."""
    yield Check(
        "static.routes_described",
        "Every route in the source is in the OpenAPI document.",
        _source_is_described,
    )
    yield Check(
        "static.routes_written",
        "Every operation in the OpenAPI document has its route in the source.",
        _described_is_in_source,
    )


def _written(context: Context) -> set[tuple[str, str]]:
    """Method and path of the routes in the source; the path may lack what comes in front."""
    found = context.once_for_all(
        "written routes", lambda: {one for source in compiled(context) for one in _routes(source)}
    )
    if not found:
        raise SetUpFailed("the source has no routes in the usual forms")
    return found


def _routes(source: Source) -> Iterator[tuple[str, str]]:
    """As decorators, as calls with the handler, or by `add_api_route`."""
    routers = dict(_routers(source))
    for node in source.nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=router), attr=name),
                args=[ast.Constant(value=str() as path), *_],
                keywords=words,
            ) if router in routers:
                for method in _methods(name, words):
                    yield method, nameless(routers[router] + path)


def _methods(name: str, words: list[ast.keyword]) -> list[str]:
    """The HTTP methods that a router's method of this name adds a route for."""
    if name in _METHODS:
        return [name.upper()]
    if name != "add_api_route":
        return []
    given = next((word.value for word in words if word.arg == "methods"), None)
    items = given.elts if isinstance(given, ast.List | ast.Set | ast.Tuple) else []
    return [str(item.value) for item in items if isinstance(item, ast.Constant)]


def _routers(source: Source) -> Iterator[tuple[str, str]]:
    """Names of routers, each with the prefix of its paths."""
    for node in source.nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=made, keywords=words)):
                if ast.unparse(made).endswith(("Router", "FastAPI")):
                    prefix = next((word.value for word in words if word.arg == "prefix"), None)
                    yield name, str(prefix.value) if isinstance(prefix, ast.Constant) else ""


def _source_is_described(context: Context) -> None:
    described = {operation.key for operation in context.document.operations}
    hidden = [
        f"{method} {path}"
        for method, path in sorted(_written(context))
        if path not in _UNDESCRIBED + _OPTIONAL
        and not any(method == other and full.endswith(path) for other, full in described)
    ]
    if hidden:
        raise CheckFailed("every route described", f"not described: {', '.join(hidden)}")


def _described_is_in_source(context: Context) -> None:
    written = _written(context)
    absent = [
        str(operation)
        for operation in context.document.operations
        if not any(
            operation.method == method and operation.key[1].endswith(path)
            for method, path in written
        )
    ]
    if absent:
        raise CheckFailed("each operation's route in the source", f"absent: {', '.join(absent)}")

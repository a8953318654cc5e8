"""From a path to its handler, in time that does not grow with the number of routes.

FastAPI tries one route after another and solves dependencies that our handlers do not have. Here a
path is looked up segment by segment, and a handler of the form `(request, *path texts) → Response`
is called at once. Any other route (parameters, dependencies, a returned model) works as usual: it
is found here and handed to FastAPI.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Handler = Callable[..., Awaitable[Response]]

_WHOLE_SEGMENTS = re.compile(r"(?:/(?:[^{}/]*|\{\w+\}))+")


class _Node:
    """One segment of a path: what may follow, and what answers here, by method."""

    __slots__ = ("any", "methods", "names", "texts")

    def __init__(self) -> None:
        self.texts: dict[str, _Node] = {}
        self.any: _Node | None = None
        self.methods: dict[str, tuple[ASGIApp, tuple[str, ...]]] = {}

    def child(self, segment: str) -> _Node:
        """The node behind a segment of a route's path, made if new."""
        if segment.startswith("{"):
            if self.any is None:
                self.any = _Node()
            return self.any
        return self.texts.setdefault(segment, _Node())


class Dispatcher:
    """An ASGI application that calls the routes of a router."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._root: _Node | None = None
        self._others: list[tuple[BaseRoute, ASGIApp]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the route of a request. Raises HTTPException with 404 or 405 when there is none."""
        if scope["type"] != "http":
            await self._router(scope, receive, send)
            return
        method = scope["method"]
        node, texts = self._find(scope["path"])
        if node is None or not node.methods:
            await self._other(scope, receive, send)
            return
        found = node.methods.get("GET" if method == "HEAD" else method)
        if found is None:
            raise HTTPException(405, headers={"allow": allowed_methods(node.methods)})
        handle, names = found
        scope["path_params"] = dict(zip(names, texts, strict=True))
        await handle(scope, receive, _without_body(send) if method == "HEAD" else send)

    def _find(self, path: str) -> tuple[_Node | None, list[str]]:
        """The node of a path and the texts of its parameters. Fixed segments go first."""
        if self._root is None:
            self._root = self._build()
        node, texts = self._root, []
        for segment in path.split("/")[1:]:
            following = node.texts.get(segment)
            if following is None:
                following = node.any
                if following is None or not segment:
                    return None, []
                texts.append(segment)
            node = following
        return node, texts

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Try what is no path of whole segments, one after another, as the framework does."""
        for route, handle in self._others:
            match, child = route.matches(scope)
            if match is not Match.NONE:
                scope.update(child)
                await handle(scope, receive, send)
                return
        raise HTTPException(404)

    def _build(self) -> _Node:
        root = _Node()
        for route in self._router.routes:
            if not isinstance(route, Route) or not _WHOLE_SEGMENTS.fullmatch(route.path):
                self._others.append((route, AsyncExitStackMiddleware(route.handle)))
                continue
            node = root
            for segment in route.path.split("/")[1:]:
                node = node.child(segment)
            names = tuple(s[1:-1] for s in route.path.split("/") if s.startswith("{"))
            application = _application(route)
            for method in route.methods or {"GET"}:
                node.methods.setdefault(method, (application, names))
        return root


def allowed_methods(methods: dict[str, Any]) -> str:
    """The value of the Allow header."""
    names = set(methods)
    if "GET" in names:
        names.add("HEAD")
    return ", ".join(sorted(names))


def _application(route: Route) -> ASGIApp:
    """What runs a route: its handler itself where that is enough, else the framework."""
    if not _is_plain(route):
        return AsyncExitStackMiddleware(route.handle)
    endpoint: Handler = route.endpoint

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        response = await endpoint(request, **scope["path_params"])
        await response(scope, receive, send)

    return application


def _is_plain(route: BaseRoute) -> bool:
    """Whether the handler takes the request and texts of the path, and returns a Response."""
    if not isinstance(route, APIRoute) or not inspect.iscoroutinefunction(route.endpoint):
        return False
    needs = route.dependant
    takes_more = (
        needs.query_params
        or needs.header_params
        or needs.cookie_params
        or needs.body_params
        or needs.dependencies
    )
    if takes_more or needs.request_param_name is None:
        return False
    if any(field.field_info.annotation is not str for field in needs.path_params):
        return False
    returns = inspect.signature(route.endpoint, eval_str=True).return_annotation
    return isinstance(returns, type) and issubclass(returns, Response)


def _without_body(send: Send) -> Send:
    """For HEAD: the same head, no body."""

    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_head

"""From paths to handlers: ours at once, ordinary FastAPI routes through the framework."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from local_engine.generator.emit.fastapi.fixed.core.application import Application
from local_engine.generator.emit.fastapi.fixed.core.dispatch import _is_plain
from local_engine.generator.emit.fastapi.fixed.core.settings import load_settings

router = APIRouter()
SETTINGS = {"database_url": "postgresql://localhost:1/none", "secret_key": "k" * 32}


class Item(BaseModel):
    """An ordinary body."""

    name: str


def twice(number: int) -> int:
    """An ordinary dependency."""
    return 2 * number


@router.get("/a/{first}")
async def one(request: Request, first: str) -> Response:
    return PlainTextResponse(f"{request.method} one {first}")


@router.get("/a/{first}/b/{second}")
async def two(_request: Request, first: str, second: str) -> Response:
    return PlainTextResponse(f"two {first} {second}")


@router.get("/a/me")
async def me(_request: Request) -> Response:
    return PlainTextResponse("me")


@router.post("/a/{other}")
async def post(_request: Request, other: str) -> Response:
    return PlainTextResponse(f"post {other}")


@router.get("/ordinary/{number}")
async def ordinary(number: int, doubled: Annotated[int, Depends(twice)], q: str = "-") -> Item:
    return Item(name=f"{number} {doubled} {q}")


@router.get("/tree/{path:path}")
async def tree(path: str) -> str:
    return path


@router.get("/{name}.txt")
async def text_file(name: str) -> str:
    return name


@router.post("/ordinary")
def in_a_thread(item: Item) -> Item:
    return item


def application(**settings: Any) -> Application:
    mounted = FastAPI()

    @mounted.get("/inner")
    async def inner() -> str:
        return "inner"

    app = Application(
        settings=load_settings(**{**SETTINGS, **settings}),
        rules={},
        migrations=Path("/nowhere"),
        routers=[router],
    )
    app.mount("/mounted", mounted)
    return app


def ask(method: str, path: str, **options: Any) -> httpx.Response:
    settings = options.pop("settings", {})

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(application(**settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.request(method, path, **options)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/a/x", 200, "GET one x"),
        ("HEAD", "/a/x", 200, ""),
        ("GET", "/a/me", 200, "me"),
        ("GET", "/a/x%20y", 200, "GET one x y"),
        ("GET", "/a/x/b/y", 200, "two x y"),
        ("POST", "/a/x", 200, "post x"),
        ("GET", "/ordinary/4", 200, '{"name":"4 8 -"}'),
        ("GET", "/ordinary/4?q=z", 200, '{"name":"4 8 z"}'),
        ("GET", "/mounted/inner", 200, '"inner"'),
        ("GET", "/tree/a/b/c", 200, '"a/b/c"'),
        ("GET", "/readme.txt", 200, '"readme"'),
    ],
)
def test_a_route_is_found(method: str, path: str, status: int, text: str) -> None:
    answer = ask(method, path)
    assert (answer.status_code, answer.text) == (status, text)
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "path",
    ["/", "/a", "/a/", "/a//b/y", "/a/x/b", "/a/x/b/y/", "/a/me/b/y/z", "//a/x", "/mounted/no"],
)
def test_anything_else_is_not(path: str) -> None:
    assert ask("GET", path).status_code == 404


def test_ordinary_handlers_keep_their_comforts() -> None:
    assert ask("POST", "/ordinary", json={"name": "x"}).json() == {"name": "x"}
    for answer in (ask("GET", "/ordinary/x"), ask("POST", "/ordinary", json={})):
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
    assert ask("GET", "/ordinary/x").json()["errors"][0]["pointer"] == "/path/number"
    assert ask("POST", "/ordinary", json={}).json()["errors"][0]["pointer"] == "/name"


def test_methods_of_one_path_are_told_together() -> None:
    refused = ask("DELETE", "/a/x")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, POST")


def test_only_plain_handlers_take_the_short_way() -> None:
    plain = {route.endpoint.__name__: _is_plain(route) for route in router.routes}  # type: ignore[attr-defined]
    assert plain == {
        "one": True, "two": True, "me": True, "post": True, "ordinary": False, "in_a_thread": False,
        "tree": False, "text_file": False,
    }  # fmt: skip


def test_pages_of_other_origins_may_call_only_if_they_are_named() -> None:
    preflight = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PATCH"}
    assert ask("OPTIONS", "/a/x", headers=preflight).status_code == 405
    named = {"cors_allow_origins": "https://shop.example, https://other.example"}
    allowed = ask("OPTIONS", "/a/x", headers=preflight, settings=named)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://shop.example"
    refused = ask("GET", "/nowhere", headers={"Origin": "https://shop.example"}, settings=named)
    assert refused.headers["access-control-allow-origin"] == "https://shop.example"
    foreign = ask("GET", "/a/x", headers={"Origin": "https://evil.example"}, settings=named)
    assert "access-control-allow-origin" not in foreign.headers


def test_production_asks_for_https() -> None:
    header = "strict-transport-security"
    assert header not in ask("GET", "/a/x").headers
    assert header in ask("GET", "/a/x", settings={"environment": "production"}).headers

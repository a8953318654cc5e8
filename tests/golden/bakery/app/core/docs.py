"""The interactive documentation at /docs: Swagger UI over /openapi.json.

Its files come from the package `fastapi-offline`, so the page works without the internet; where
that is not installed, from a public network of copies (jsDelivr). No script stands in the page
itself, so its content security policy allows none.
"""

from __future__ import annotations

import html
from functools import cache
from importlib import resources, util

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

PATH = "/docs"

_PACKAGE = "fastapi_offline"
_CDN = "https://cdn.jsdelivr.net"
_TYPES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{files}/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{files}/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""

_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
});
"""

router = APIRouter(include_in_schema=False)


def content_security_policy() -> bytes:
    """What the page may load: its own files and nothing else."""
    source = "'self'" if _is_local() else f"'self' {_CDN}"
    return (
        f"default-src 'none'; script-src {source}; style-src {source} 'unsafe-inline'; "
        f"img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
    ).encode()


@router.get(PATH)
async def page(request: Request) -> Response:
    """The page."""
    files = "docs" if _is_local() else f"{_CDN}/npm/swagger-ui-dist@5"
    content = _PAGE.format(title=html.escape(request.app.title), files=files)
    return Response(content, media_type="text/html")


@router.get(f"{PATH}/start.js")
async def start(_request: Request) -> Response:
    """The script that starts the page."""
    return Response(_START, media_type="text/javascript")


@router.get(PATH + "/{name}")
async def file(_request: Request, name: str) -> Response:
    """A file of Swagger UI."""
    if name not in _TYPES or not _is_local():
        raise HTTPException(404)
    headers = {"cache-control": "public, max-age=86400"}
    return Response(_content(name), media_type=_TYPES[name], headers=headers)


@cache
def _is_local() -> bool:
    return util.find_spec(_PACKAGE) is not None


@cache
def _content(name: str) -> bytes:
    return (resources.files(_PACKAGE) / "static" / name).read_bytes()

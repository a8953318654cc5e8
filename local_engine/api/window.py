"""The built window, served by the engine itself; or a page that says how to get it."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import local_engine

VARIABLE = "BACKEND_GENERATOR_WINDOW"
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Backend Generator</title>
<style>body{font:1rem/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem}</style>
<h1>The engine runs.</h1>
<p>The window is not built in this installation. In a checkout, build it once, then load this page
again:</p>
<pre>cd frontend &amp;&amp; npm ci &amp;&amp; npm run build</pre>
<p>Without it, everything works by the command line and by the API under
<code>/api/v1</code>; docs/engine.md explains it.</p>
</html>
"""


def window_routes() -> list[Route | Mount]:
    """The routes below `/` that show the window."""
    folder = _built()
    if folder is None:
        return [Route("/", _missing)]
    return [Mount("/", _Window(directory=folder, html=True))]


def _built() -> Path | None:
    """Where the built window is: beside the program's packages, or where the variable says."""
    chosen = os.environ.get(VARIABLE)
    root = Path(local_engine.__file__).parent.parent
    folder = Path(chosen) if chosen else root / "frontend" / "dist"
    return folder if (folder / "index.html").is_file() else None


async def _missing(_request: Request) -> Response:
    return HTMLResponse(_PAGE)


class _Window(StaticFiles):
    """The window's files. Its own addresses, which are no files, all show the window."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or "." in Path(path).name or path.startswith("api/"):
                raise
            response = await super().get_response("index.html", scope)
        if path.startswith("assets/"):  # their names change with their content
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["cache-control"] = "no-cache"
        return response

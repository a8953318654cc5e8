"""Puts the application together: services, routes, boundary, documentation."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeAlias

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from . import docs, health
from .boundary import Boundary
from .dispatch import Dispatcher
from .logs import RequestLog
from .openapi import build_openapi
from .rules import Rules
from .services import Services
from .settings import Settings

_CONDITIONS = ("If-Match", "If-None-Match")

Background: TypeAlias = Callable[[Services], AbstractAsyncContextManager[None]]


class Application(FastAPI):
    """A FastAPI application with a lean path from the server to the handlers."""

    def __init__(
        self,
        *,
        settings: Settings,
        rules: Rules,
        migrations: Path,
        routers: Sequence[APIRouter],
        background: Background | None = None,
        **about: Any,
    ) -> None:
        """Nothing is opened before the server starts the application's lifespan.

        `about` is what FastAPI takes: title, version, description. `background` runs beside the
        requests, such as the worker of the queue.
        """
        self.services = Services.of(settings, rules, migrations)
        self.background = background
        super().__init__(lifespan=_lifespan, docs_url=None, redoc_url=None, **about)
        for router in (health.router, docs.router, *routers):
            # The routes themselves rather than an included router: FastAPI would wrap each again.
            self.router.routes.extend(router.routes)

    def build_middleware_stack(self) -> ASGIApp:
        """The boundary, any middleware that was added, the dispatcher."""
        app: ASGIApp = Dispatcher(self.router)
        for middleware in reversed(self.user_middleware):
            app = middleware.cls(app, *middleware.args, **middleware.kwargs)
        settings = self.services.settings
        log = RequestLog(enabled=settings.log_level in {"DEBUG", "INFO"})
        app = Boundary(app, self.services, log)
        origins = [origin.strip() for origin in settings.cors_allow_origins.split(",")]
        return _for_browsers(app, origins) if any(origins) else app

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made on first use."""
        if self.openapi_schema is None:
            self.openapi_schema = build_openapi(self)
        return self.openapi_schema


def _for_browsers(app: ASGIApp, origins: list[str]) -> ASGIApp:
    """Let pages of these origins call the service. Tokens travel in a header, never in cookies."""
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", *_CONDITIONS],
        expose_headers=["ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id"],
        max_age=600,
    )


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    if isinstance(app, Application):
        async with app.services.database:
            if app.background is None:
                yield
            else:
                async with app.background(app.services):
                    yield

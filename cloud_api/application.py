"""Puts the service together: features, edge, documentation."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

import local_engine
from cloud_api.features.accounts.routes import router as accounts
from cloud_api.features.blueprints.routes import router as blueprints
from cloud_api.features.generations.routes import router as generations
from cloud_api.features.health.routes import router as health
from cloud_api.features.llm_keys.routes import router as llm_keys
from cloud_api.features.projects.routes import router as projects
from cloud_api.features.sessions.routes import router as sessions
from cloud_api.features.shares.routes import router as shares
from cloud_api.features.verifications.routes import router as verifications
from cloud_api.services import Services
from cloud_api.web.body_limit import BodyLimit
from cloud_api.web.boundary import Boundary
from cloud_api.web.errors import install_problem_handlers
from cloud_api.web.logs import RequestLog
from cloud_api.web.openapi import COMMON, describe
from cloud_api.worker import worker_beside

_SHOWN_HEADERS = ["Location", "Retry-After", "X-Request-Id"]
_SENT_HEADERS = ["Authorization", "Content-Type", "Last-Event-ID"]


def routers() -> list[APIRouter]:
    """The routers of all features, in the order of the documentation."""
    return [
        health,
        accounts,
        sessions,
        llm_keys,
        projects,
        blueprints,
        verifications,
        shares,
        generations,
    ]


def make_application(services: Services) -> ASGIApp:
    """The whole service as an ASGI application; its lifespan opens and closes the database."""
    settings = services.settings
    app: ASGIApp = BodyLimit(make_api(services), settings.platform_body_limit_bytes)
    if settings.origins:
        app = _for_browsers(app, settings.origins)
    log = RequestLog(enabled=settings.log_level in {"DEBUG", "INFO"})
    https = settings.platform_public_url.startswith("https://")
    return Boundary(
        app, log, services.metrics, services.tracing, https=https, draining=services.draining
    )


def make_api(services: Services | None) -> FastAPI:
    """The features behind the edge; without services they can only be described."""
    api = FastAPI(
        title="Backend Generator, cloud",
        version=local_engine.__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        generate_unique_id_function=lambda route: route.name,
        responses=COMMON,
    )
    api.state.services = services
    for router in routers():
        api.include_router(router)
    install_problem_handlers(api)
    _describe_once(api)
    return api


@contextlib.asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    services: Services = api.state.services
    try:
        async with services.database, services.generations.listening(), worker_beside(services):
            yield
    finally:
        if services.tracing is not None:
            await asyncio.to_thread(services.tracing.close)


def _for_browsers(app: ASGIApp, origins: list[str]) -> ASGIApp:
    """Let pages of these origins call the service. Tokens travel in a header, never in cookies."""
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=_SENT_HEADERS,
        expose_headers=_SHOWN_HEADERS,
        max_age=600,
    )


def _describe_once(api: FastAPI) -> None:
    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = describe(api)
        return api.openapi_schema

    api.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way

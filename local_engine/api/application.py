"""The FastAPI application: all features under `/api/v1`, the window under `/`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI

import local_engine
from local_engine.api.answers import COMMON, install_problem_handlers
from local_engine.api.engine import Engine
from local_engine.api.features.account.router import router as account
from local_engine.api.features.actors.router import router as actors
from local_engine.api.features.blueprints.router import router as blueprints
from local_engine.api.features.changes.router import router as changes
from local_engine.api.features.data.router import router as data
from local_engine.api.features.deployments.router import router as deployments
from local_engine.api.features.doctor.router import router as doctor
from local_engine.api.features.exports.router import router as exports
from local_engine.api.features.files.router import router as files
from local_engine.api.features.jobs.router import events_router as events
from local_engine.api.features.jobs.router import router as jobs
from local_engine.api.features.previews.router import router as previews
from local_engine.api.features.projects.router import router as projects
from local_engine.api.features.remotes.router import router as remotes
from local_engine.api.features.repairs.router import router as repairs
from local_engine.api.features.reports.router import router as reports
from local_engine.api.features.secrets.router import router as secrets
from local_engine.api.features.session.router import router as session
from local_engine.api.features.settings.router import router as settings
from local_engine.api.features.snapshots.router import router as snapshots
from local_engine.api.features.trash.router import router as trash
from local_engine.api.features.trials.router import router as trials
from local_engine.api.features.uploads.router import router as uploads
from local_engine.api.features.versions.router import router as versions
from local_engine.api.gate import MAX_BODY_BYTES
from local_engine.api.openapi import describe
from local_engine.api.window import window_routes

PREFIX = "/api/v1"


def routers() -> list[APIRouter]:
    """The routers of all features, in the order of the documentation."""
    return [
        session,
        settings,
        secrets,
        account,
        doctor,
        projects,
        blueprints,
        changes,
        versions,
        trials,
        snapshots,
        files,
        jobs,
        events,
        previews,
        deployments,
        data,
        actors,
        repairs,
        reports,
        uploads,
        exports,
        remotes,
        trash,
    ]


def make_application(engine: Engine | None) -> FastAPI:
    """The application over an engine's services; without one it can only describe itself."""
    application = FastAPI(
        title="Backend Generator, local engine",
        version=local_engine.__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=True,
        generate_unique_id_function=lambda route: route.name,
        responses=COMMON,
        max_body_size=MAX_BODY_BYTES,
    )
    application.state.engine = engine
    for router in routers():
        application.include_router(router, prefix=PREFIX)
    application.router.routes.extend(window_routes())
    install_problem_handlers(application)
    _describe_once(application)
    return application


def _describe_once(application: FastAPI) -> None:
    def openapi() -> dict[str, Any]:
        if application.openapi_schema is None:
            application.openapi_schema = describe(application)
        return application.openapi_schema

    application.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way

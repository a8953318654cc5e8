"""Health and readiness, for whatever starts, watches and balances the service."""

from __future__ import annotations

import asyncio
import json

import psycopg
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from .documents import JsonResponse
from .migrations import pending
from .problem import Problem
from .services import services

router = APIRouter(tags=["health"])

_PATIENCE_SECONDS = 3.0


@router.get("/health", operation_id="health", summary="Whether the process lives")
async def health(_request: Request) -> Response:
    """200 for as long as the process answers at all."""
    return JsonResponse('{"status":"ok"}')


@router.get("/ready", operation_id="ready", summary="Whether requests can be served")
async def ready(request: Request) -> Response:
    """200 when the database answers and all migrations are applied; 503 otherwise."""
    reason = await _not_ready(request)
    if reason is None:
        return JsonResponse('{"status":"ready"}')
    return JsonResponse(json.dumps({"status": "not ready", "reason": reason}), 503)


async def _not_ready(request: Request) -> str | None:
    """Why requests cannot be served; None when they can."""
    database = services(request).database
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await database.pool.check()
            async with database.connection() as connection:
                missing = await pending(connection, services(request).migrations)
    except (psycopg.Error, Problem, TimeoutError):
        return "the database does not answer"
    return f"migrations are not applied: {', '.join(missing)}" if missing else None

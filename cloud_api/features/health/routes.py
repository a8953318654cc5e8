"""Health, readiness and metrics, for whatever starts, watches and balances the service."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

import local_engine
from cloud_api.features.health import service
from cloud_api.services import TheServices
from cloud_api.web.metrics import CONTENT_TYPE
from cloud_api.web.openapi import refusals
from local_engine.contracts.health import Health, Readiness

router = APIRouter(tags=["operation"])


@router.get("/health", operation_id="health")
async def health() -> Health:
    """200 for as long as the process answers at all."""
    return Health(status="ok", version=local_engine.__version__)


@router.get("/ready", operation_id="ready", responses={503: {"model": Readiness}})
async def ready(services: TheServices, response: Response) -> Readiness:
    """200 when requests can be served: the database answers and its schema is up to date.

    503 otherwise, and while the service is about to stop: balancers then send no more requests.
    """
    reason = await service.why_not_ready(services)
    if reason is not None:
        response.status_code = 503
    return Readiness(status="ready" if reason is None else "not ready", reason=reason)


@router.get(
    "/metrics", operation_id="metrics", response_class=Response, responses=refusals(401, 404)
)
async def metrics(request: Request, services: TheServices) -> Response:
    """Numbers of this replica for Prometheus; outside development with a token only."""
    service.require_metrics_token(services, request.headers.get("authorization", ""))
    return Response(services.metrics.text(), media_type=CONTENT_TYPE)

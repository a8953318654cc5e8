"""What readiness means, and who may see the numbers."""

from __future__ import annotations

import asyncio
import hmac

import psycopg

from cloud_api.database.migrations import pending
from cloud_api.services import Services
from cloud_api.web.problems import Problem, not_found

_PATIENCE_SECONDS = 3.0


async def why_not_ready(services: Services) -> str | None:
    """Why requests cannot be served; None when they can."""
    if services.draining.is_set():
        return "the service is stopping"
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await services.database.pool.check()
            async with services.database.connection() as connection:
                missing = await pending(connection, services.migrations)
    except (psycopg.Error, Problem, TimeoutError):
        return "the database does not answer"
    return f"migrations are not applied: {', '.join(missing)}" if missing else None


def require_metrics_token(services: Services, authorization: str) -> None:
    """Raises 401 without the token; 404 where none is set, unless in development."""
    wanted = services.settings.platform_metrics_token
    if wanted is None:
        if services.settings.platform_environment == "development":
            return
        raise not_found()
    scheme, _, given = authorization.partition(" ")
    right = hmac.compare_digest(given.encode(), wanted.get_secret_value().encode())
    if scheme.lower() != "bearer" or not right:
        raise Problem(
            401,
            "unauthenticated",
            "Send the value of PLATFORM_METRICS_TOKEN as: Authorization: Bearer TOKEN.",
            headers={"www-authenticate": "Bearer"},
        )

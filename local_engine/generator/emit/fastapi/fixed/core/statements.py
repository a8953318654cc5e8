"""Tells which statements a request ran: one line of the log each, if `LOG_STATEMENTS` is set.

For development: the statements are told with the request's id, their values are not.
"""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar
from typing import Any

import psycopg
from psycopg.abc import Params
from psycopg.rows import TupleRow

logger = logging.getLogger("app.statement")

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being handled; empty outside of requests."""


class LoggedCursor(psycopg.AsyncCursor[TupleRow]):
    """A cursor that logs each statement with the id of the request that it runs for."""

    async def execute(
        self, query: Any, params: Params | None = None, **options: Any
    ) -> LoggedCursor:
        """Run a statement, then tell it with the time that it took."""
        started = time.perf_counter()
        try:
            return await super().execute(query, params, **options)
        finally:
            ms = round((time.perf_counter() - started) * 1000, 2)
            extra = {"request_id": request_id.get(), "sql": str(query), "ms": ms}
            logger.info("statement", extra=extra)

"""Work on many rows, each in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from uuid import UUID

from ..core.db import Connection, Database

logger = logging.getLogger("app.batches")


class BatchFailed(Exception):
    """Some rows could not be handled; the others are."""


async def run_for_each(
    database: Database, sql: str, work: Callable[[Connection, UUID], Awaitable[None]]
) -> None:
    """Run `work` for every id that the statement finds, in its order.

    A row that fails stays as it was and does not keep the others back. Raises `BatchFailed` at the
    end if there was one; the log says why.
    """
    failed = 0
    for (key,) in await database.fetch_all(sql, {}):
        try:
            await _run(database, key, work)
        except Exception:
            failed += 1
            logger.exception("a row could not be handled", extra={"row": str(key)})
    if failed:
        raise BatchFailed(f"{failed} rows could not be handled")


async def _run(
    database: Database, key: UUID, work: Callable[[Connection, UUID], Awaitable[None]]
) -> None:
    await database.run(lambda connection: work(connection, key))

"""Tasks of the queue end by the attempt that has them, and no other.

A worker that is only slow counts as dead once its heartbeat is old: its task is put back, and
another worker begins it. When the slow one is done at last, it must not end the other's attempt.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.utils import utcnow

_log = logging.getLogger("cloud.queue")

# Locked first, then called: else the function would run before it is known whose the job is.
_FINISH = """
    WITH own AS MATERIALIZED (
        SELECT id FROM procrastinate_jobs
        WHERE id = %(job)s AND status = 'doing' AND attempts = %(attempts)s
        FOR UPDATE
    )
    SELECT id, procrastinate_finish_job_v1(id, %(status)s, %(delete_job)s) FROM own
"""
_RETRY = """
    WITH own AS MATERIALIZED (
        SELECT id FROM procrastinate_jobs
        WHERE id = %(job)s AND status = 'doing' AND attempts = %(attempts)s
        FOR UPDATE
    )
    SELECT id, procrastinate_retry_job_v2(id, %(retry_at)s, %(priority)s, %(queue)s, %(lock)s)
    FROM own
"""


class FencedJobs(JobManager):
    """The queue's jobs; what is done to one that another attempt has by now, is not done."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Set a job to its final state."""
        await self._do(_FINISH, job, status=status.value, delete_job=delete_job)

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Put a job back, to be done again from this time on."""
        more = {"priority": priority, "queue": queue, "lock": lock}
        await self._do(_RETRY, job, retry_at=retry_at or utcnow(), **more)

    async def _do(self, sql: str, job: Job, **names: Any) -> None:
        names |= {"job": job.id, "attempts": job.attempts}
        if not await self.connector.execute_query_all_async(sql, **names):
            _log.warning("another worker has taken a task over", extra={"job": job.id})

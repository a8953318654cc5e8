"""The queue, and the worker that empties it: what is to be done beside requests.

It lies in PostgreSQL and is run by procrastinate.

A task is put into the queue on the connection of the transaction that it belongs to: it is queued
if, and only if, that transaction commits. A worker (in the serving process or on its own) takes it
out and tries again with growing pauses when it fails. What a worker had begun when it died is begun
again by another one, so every task may run more than once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition

from cloud_api.features.accounts.tasks import tasks as accounts
from cloud_api.features.generations.tasks import end_abandoned
from cloud_api.features.generations.tasks import tasks as generations
from cloud_api.features.shares.tasks import tasks as shares
from cloud_api.features.upkeep.tasks import tasks as upkeep
from cloud_api.fencing import FencedJobs
from cloud_api.services import Services
from cloud_api.tasking import SERVICES
from cloud_api.web.problems import Problem

_log = logging.getLogger("cloud.queue")

_SILENT_SECONDS = 30.0
"""A worker whose heartbeat is that old has died."""

_RESCUE_SECONDS = 30.0
_POLL_SECONDS = 2.0
_STOP_SECONDS = 5.0
_RESTART_SECONDS = 2.0


def make_queue() -> App:
    """The queue with the tasks of all features."""
    app = App(connector=PsycopgConnector())
    app.add_tasks_from(accounts, namespace="accounts")
    app.add_tasks_from(shares, namespace="shares")
    app.add_tasks_from(generations, namespace="generations")
    app.add_tasks_from(upkeep, namespace="upkeep")
    return app


QUEUE = make_queue()


async def work(services: Services, *, install_signal_handlers: bool) -> None:
    """Run tasks until cancelled, or until SIGTERM or SIGINT when those are handled here.

    The worker waits for notifications, so it needs a connection that is its own: not a pooler's.
    """
    concurrency = services.settings.platform_worker_concurrency
    connector = PsycopgConnector(
        conninfo=services.settings.direct_url,
        min_size=0,
        max_size=concurrency + 2,
        kwargs={"application_name": "backend-generator cloud, worker", "connect_timeout": 5},
    )
    # Not `replace_connector`: that would change the queue for others in this process.
    app = QUEUE.with_connector(connector)
    app.job_manager = FencedJobs(connector)
    async with app.open_async():
        rescue = asyncio.create_task(_take_up_again(app, services), name="rescue")
        try:
            await app.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=install_signal_handlers,
                fetch_job_polling_interval=_POLL_SECONDS,
                shutdown_graceful_timeout=_STOP_SECONDS,
                stalled_worker_timeout=_SILENT_SECONDS,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
                additional_context={SERVICES: services},
            )
        finally:
            rescue.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await rescue


async def _take_up_again(queue: App, services: Services) -> None:
    """Put back what workers had begun that have died since, and end runs that nobody carries on.

    Runs until cancelled.
    """
    jobs = queue.job_manager
    while True:
        try:
            for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=_SILENT_SECONDS):
                _log.warning("a worker died: its task is done again", extra={"job": job.id})
                await jobs.retry_job(job)
            await end_abandoned(services)
        except (ConnectorException, psycopg.Error, Problem) as error:
            # Another worker was faster, or the database is away: there is a next time.
            _log.warning("tasks of dead workers are not put back now: %s", error)
        await asyncio.sleep(_RESCUE_SECONDS)


async def run_worker(services: Services) -> None:
    """Be a worker and nothing else, until SIGTERM or SIGINT."""
    try:
        async with services.database:
            await work(services, install_signal_handlers=True)
    finally:
        if services.tracing is not None:
            await asyncio.to_thread(services.tracing.close)


@contextlib.asynccontextmanager
async def worker_beside(services: Services) -> AsyncIterator[None]:
    """A worker in the serving process, unless the settings say that there is one elsewhere."""
    if not services.settings.platform_worker_in_process:
        yield
        return
    worker = asyncio.create_task(_keep_working(services), name="worker")
    try:
        yield
    finally:
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker


async def _keep_working(services: Services) -> None:
    """Start the worker again when it fails, for instance because the database was away."""
    while True:
        try:
            await work(services, install_signal_handlers=False)
        except Exception as error:
            _log.warning("the worker stopped and starts again: %s", error)
        await asyncio.sleep(_RESTART_SECONDS)

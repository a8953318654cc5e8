"""The outbox and the jobs: a queue in PostgreSQL, run by procrastinate.

Something is put into the queue on the connection of the transaction that it belongs to: it is
queued if, and only if, that transaction commits. A worker (in the serving process or on its own)
takes it out, tries again with growing pauses when it fails, and runs what has a schedule. What a
worker had begun when it died is begun again, so every task may run more than once; receivers get
an id by which they can tell repetitions.

A project's `app/tasks.py` has its tasks and the queue that they are in:

    jobs = Blueprint()

    @jobs.periodic(cron="0 3 * * *")
    @jobs.task(name="expire_offers", pass_context=True)
    async def expire_offers(context: JobContext, timestamp: int) -> None:
        await services_of(context).database.run(...)

    TASKS = create_queue(mail.tasks, webhooks.tasks, jobs, time_zone="Europe/Berlin")
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from zoneinfo import ZoneInfo

from procrastinate import App, Blueprint, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition

from .services import Services

logger = logging.getLogger("app.queue")

RETRY = RetryStrategy(max_attempts=10, exponential_wait=3)
"""Ten attempts in about a day: the pauses are 9 s, 27 s, 81 s and so on."""

_SILENT_SECONDS = 30.0
"""A worker whose heartbeat is that old has died."""

_POLL_SECONDS = 2.0
_STOP_SECONDS = 2.0
_SERVICES = "services"


def create_queue(*tasks: Blueprint, time_zone: str = "UTC") -> App:
    """The queue with these tasks. Schedules are meant in the time zone."""
    app = App(connector=PsycopgConnector())
    for blueprint in tasks:
        app.add_tasks_from(blueprint, namespace="app")
    zone = ZoneInfo(time_zone)
    for periodic in app.periodic_registry.periodic_tasks.values():
        # A schedule keeps the time zone of the moment that it was once set to.
        periodic.croniter.set_current(datetime.now(zone))
    return app


def services_of(context: JobContext) -> Services:
    """The services of the application, for a task that was declared with `pass_context=True`."""
    services = (context.additional_context or {})[_SERVICES]
    if not isinstance(services, Services):
        raise TypeError("the worker was started without services")
    return services


async def work(queue: App, services: Services, *, install_signal_handlers: bool) -> None:
    """Run tasks until cancelled, or until SIGTERM or SIGINT when those are handled here."""
    connector = PsycopgConnector(
        conninfo=services.settings.database_url.get_secret_value(),
        min_size=0,
        max_size=services.settings.worker_concurrency + 2,
        kwargs={"application_name": "app worker", "connect_timeout": 5},
    )
    with queue.replace_connector(connector) as app:
        async with app.open_async():
            rescue = asyncio.create_task(_take_up_again(app), name="rescue")
            try:
                await app.run_worker_async(
                    concurrency=services.settings.worker_concurrency,
                    install_signal_handlers=install_signal_handlers,
                    fetch_job_polling_interval=_POLL_SECONDS,
                    shutdown_graceful_timeout=_STOP_SECONDS,
                    stalled_worker_timeout=_SILENT_SECONDS,
                    delete_jobs=DeleteJobCondition.SUCCESSFUL,
                    additional_context={_SERVICES: services},
                )
            finally:
                rescue.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await rescue


async def _take_up_again(queue: App) -> None:
    """Put back what workers had begun that have died since. Runs until cancelled."""
    jobs = queue.job_manager
    while True:
        try:
            for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=_SILENT_SECONDS):
                logger.warning("a worker died: its task is done again", extra={"job": job.id})
                await jobs.retry_job(job)
        except ConnectorException as error:
            # Another worker was faster, or the database is away: there is a next time.
            logger.warning("tasks of dead workers are not put back now: %s", error)
        await asyncio.sleep(_SILENT_SECONDS)


async def run_worker(queue: App, services: Services) -> None:
    """Be a worker and nothing else, until SIGTERM or SIGINT."""
    async with services.database:
        await work(queue, services, install_signal_handlers=True)


def beside_requests(queue: App) -> Callable[[Services], AbstractAsyncContextManager[None]]:
    """For the application's `background`: a worker in the serving process.

    There is none where `WORKER_IN_PROCESS` is false; `python -m app worker` is to run then.
    """

    @contextlib.asynccontextmanager
    async def working(services: Services) -> AsyncIterator[None]:
        if not services.settings.worker_in_process:
            yield
            return
        worker = asyncio.create_task(_keep_working(queue, services), name="worker")
        try:
            yield
        finally:
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker

    return working


async def _keep_working(queue: App, services: Services) -> None:
    """Start the worker again when it fails, for instance because the database was away."""
    while True:
        try:
            await work(queue, services, install_signal_handlers=False)
        except Exception as error:
            logger.warning("the worker stopped and starts again: %s", error)
        await asyncio.sleep(2)

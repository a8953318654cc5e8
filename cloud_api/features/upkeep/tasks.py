"""The nightly task: one worker of all takes it."""

from __future__ import annotations

import logging
from datetime import timedelta

from procrastinate import Blueprint, JobContext

from cloud_api.features.upkeep import repository
from cloud_api.tasking import RETRY, services_of_task

_log = logging.getLogger("cloud.upkeep")

tasks = Blueprint()


@tasks.periodic(cron="17 3 * * *")
@tasks.task(name="tidy", retry=RETRY, pass_context=True, queueing_lock="tidy")
async def tidy(context: JobContext, timestamp: int) -> None:
    """Remove what has expired; `timestamp` is the moment that it was planned for."""
    services = services_of_task(context)
    audit = timedelta(days=services.settings.platform_audit_days)
    details = timedelta(days=services.settings.platform_run_details_days)
    removed = await repository.remove_expired(services.database, audit, details)
    _log.info("tidied what had expired by %d", timestamp, extra={"removed": removed})

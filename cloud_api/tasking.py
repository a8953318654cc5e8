"""What the tasks of the queue have in common."""

from __future__ import annotations

from procrastinate import JobContext, RetryStrategy

from cloud_api.services import Services

SERVICES = "services"

RETRY = RetryStrategy(max_attempts=10, exponential_wait=3)
"""Ten attempts in about a day: the pauses are 9 s, 27 s, 81 s and so on."""


def services_of_task(context: JobContext) -> Services:
    """The services of the worker, for a task that was declared with `pass_context=True`."""
    services = (context.additional_context or {})[SERVICES]
    if not isinstance(services, Services):
        raise TypeError("the worker was started without services")
    return services

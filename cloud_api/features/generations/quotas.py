"""What an account may use a day (UTC), and has used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cloud_api.access.callers import Account
from cloud_api.config.settings import Settings
from cloud_api.database.pool import Connection
from cloud_api.features.generations import repository
from cloud_api.web.problems import Problem
from local_engine.contracts.generation import Amount, Quota


def daily_runs(settings: Settings, account: Account) -> int:
    """How many runs a day; few before the e-mail address is verified."""
    if account.verified:
        return settings.platform_daily_generations
    return min(settings.platform_daily_generations, settings.platform_daily_generations_unverified)


async def quota_of(connection: Connection, settings: Settings, account: Account) -> Quota:
    """What is used, and what the limits are."""
    used = await repository.used_today(connection, account.id)
    cost = Amount(used=used.cost_microdollars, limit=settings.platform_daily_microdollars)
    return Quota(
        generations=Amount(used=used.generations, limit=daily_runs(settings, account)),
        tokens=Amount(used=used.tokens, limit=settings.platform_daily_tokens),
        cost_microdollars=cost,
        resets_at=_tomorrow(),
    )


async def count_run(connection: Connection, settings: Settings, account: Account) -> None:
    """Count a run. Raises a 429 problem when today's are used up."""
    limit = daily_runs(settings, account)
    if await repository.count_run(connection, account.id, limit):
        return
    more = "" if account.verified else " Verify your e-mail address to have more."
    wait = int((_tomorrow() - datetime.now(UTC)).total_seconds()) + 1
    raise Problem(
        429,
        "quota-used-up",
        f"All {limit} runs of today (UTC) are used up.{more}",
        headers={"retry-after": str(wait)},
    )


def cap(asked: int | None, limit: int, used: int) -> int:
    """What a run may use at most: what was asked for, within what is left of the day."""
    left = max(limit - used, 0)
    return left if asked is None else min(asked, left)


def _tomorrow() -> datetime:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)

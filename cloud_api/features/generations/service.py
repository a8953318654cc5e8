"""Starting, following and calling off runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from cloud_api.access.callers import Account
from cloud_api.database.pool import Connection
from cloud_api.features.generations import repository
from cloud_api.features.generations.agents import way_of
from cloud_api.features.generations.archives import unpacked
from cloud_api.features.generations.models import GenerationRow
from cloud_api.features.generations.quotas import cap, count_run, quota_of
from cloud_api.features.generations.tasks import queue_run
from cloud_api.services import Services
from cloud_api.web.problems import Problem, conflict, not_found
from local_engine.contracts.generation import (
    Accepted,
    Generation,
    GenerationPage,
    GenerationRequest,
    NumberedEvent,
    Quota,
    Way,
)


async def start(services: Services, account: Account, request: GenerationRequest) -> UUID:
    """A new run, queued, or the one that was asked for with the same id before.

    Raises a 429 problem when the day's runs are used up.
    """
    settings = services.settings
    way: Way = "no-model"
    model: str | None = None
    if request.via == "auto":
        way, model = await way_of(services, account)

    async def work(connection: Connection) -> UUID:
        if (found := await _known(connection, account, request)) is not None:
            return found
        used = await repository.used_today(connection, account.id)
        row = await repository.insert(
            connection,
            account.id,
            request.prompt,
            way=way,
            model=model,
            max_tokens=cap(request.max_tokens, settings.platform_daily_tokens, used.tokens),
            max_cost_microdollars=cap(
                request.max_cost_microdollars,
                settings.platform_daily_microdollars,
                0 if way == "own-key" else used.cost_microdollars,
            ),
            wanted=request.id,
        )
        if row is None:
            # The same request may have come twice at once; the insertion waited for the other.
            if (found := await _known(connection, account, request)) is not None:
                return found
            raise conflict("taken", "There is another run with this id. Leave the id out.")
        await count_run(connection, settings, account)
        await repository.add_events(connection, row.id, Accepted(generation=row.id))
        await queue_run(connection, row.id)
        return row.id

    return await services.database.run(work)


async def _known(
    connection: Connection, account: Account, request: GenerationRequest
) -> UUID | None:
    """The run that the same request has begun before."""
    if request.id is None:
        return None
    row = await repository.read(connection, account.id, request.id)
    return row.id if row is not None and row.prompt == request.prompt else None


async def wait(services: Services, account: Account, generation: UUID) -> GenerationRow:
    """The run once it has ended, or as it is when an answer cannot wait any longer."""
    deadline = asyncio.get_running_loop().time() + services.settings.platform_answer_seconds
    with services.generations.following(generation) as follower:
        while True:
            row = await find(services, account, generation)
            left = deadline - asyncio.get_running_loop().time()
            if row.ended or left <= 0 or services.draining.is_set():
                return row
            await follower.sleep(left)


async def find(services: Services, account: Account, generation: UUID) -> GenerationRow:
    """A run of the account. Raises 404 when there is none."""
    async with services.database.connection() as connection:
        row = await repository.read(connection, account.id, generation)
    if row is None:
        raise not_found()
    return row


async def answer(
    services: Services, account: Account, row: GenerationRow, *, files: bool
) -> Generation:
    """A run as it goes over the wire, with what is left of the day's quota."""
    async with services.database.connection() as connection:
        quota = await quota_of(connection, services.settings, account)
        packed = None
        if files and row.status == "succeeded":
            packed = await repository.archive_of(connection, account.id, row.id)
    content = await asyncio.to_thread(unpacked, packed) if packed is not None else None
    return row.shown().model_copy(update={"quota": quota, "files": content})


def problem_of(row: GenerationRow) -> Problem | None:
    """The problem that answers a request whose run has failed; None for one that has not."""
    shown = row.shown().problem
    if row.status != "failed" or shown is None:
        return None
    status = 500 if shown.code == "internal" else 422
    return Problem(status, shown.code, shown.detail, errors=shown.errors, generation=str(row.id))


async def follow(
    services: Services, account: Account, generation: UUID, after: int
) -> AsyncIterator[NumberedEvent | None]:
    """The events after this number as they come, to the end of the run; None where it is quiet.

    Ends early when the service stops: the follower comes again, elsewhere, with the last number.
    """
    heartbeat = services.settings.platform_heartbeat_seconds
    now = asyncio.get_running_loop().time
    told = now()
    with services.generations.following(generation) as follower:
        while not services.draining.is_set():
            async with services.database.connection() as connection:
                events = await repository.events_after(connection, generation, after)
            for event in events:
                after, told = event.number, now()
                yield event
            if events:
                continue
            async with services.database.connection() as connection:
                row = await repository.read(connection, account.id, generation)
            if row is None or row.ended:
                return
            await follower.sleep(told + heartbeat - now())
            if now() - told >= heartbeat:
                told = now()
                yield None


async def page(
    services: Services, account: Account, before: UUID | None, limit: int
) -> GenerationPage:
    """The runs of the account."""
    async with services.database.connection() as connection:
        found = await repository.list_all(connection, account.id, before, limit + 1)
    shown = found[:limit]
    more = shown[-1].id if len(found) > limit else None
    return GenerationPage(generations=[row.shown(brief=True) for row in shown], next=more)


async def cancel(services: Services, account: Account, generation: UUID) -> None:
    """Call a run off: at once while it waits, soon while it runs; one that has ended stays.

    One that no task carries on any more ends at once too.
    """

    async def work(connection: Connection) -> None:
        row = await repository.ask_to_cancel(connection, account.id, generation)
        if row is None:
            raise not_found()
        if row.status == "queued" or await repository.abandoned(connection, generation):
            await repository.end(connection, generation, "cancelled")

    await services.database.run(work)


async def archive(services: Services, account: Account, generation: UUID) -> bytes:
    """The project of a run as a zip. Raises 404, or 409 when there is none (yet)."""
    row = await find(services, account, generation)
    async with services.database.connection() as connection:
        found = await repository.archive_of(connection, account.id, generation)
    if found is None:
        raise conflict("no-files", f"There are no files: the run is {row.status}.")
    return found


async def quota(services: Services, account: Account) -> Quota:
    """What the account has used today, and may use."""
    async with services.database.connection() as connection:
        return await quota_of(connection, services.settings, account)

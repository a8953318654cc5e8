"""The task that carries a run out."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

import psycopg
from procrastinate import Blueprint, JobContext, RetryStrategy

from cloud_api.database.pool import Connection
from cloud_api.features.generations import repository
from cloud_api.features.generations.archives import packed
from cloud_api.features.generations.choosing import maker_of
from cloud_api.features.generations.makers import CalledOff, CannotMake
from cloud_api.features.generations.models import GenerationRow
from cloud_api.services import Services
from cloud_api.tasking import services_of_task
from cloud_api.web.problems import Problem
from local_engine.contracts.generation import Made, Noticed, RunProblem, Started, Status
from local_engine.generator.blueprint import load
from local_engine.generator.emit import emit

_log = logging.getLogger("cloud.generations")

tasks = Blueprint()

_OUR_FAULT = RunProblem(
    code="internal", detail="Something went wrong on our side. Try again, or tell us the run's id."
)
_GAVE_UP = RunProblem(
    code="internal",
    detail="The run was begun several times and never came to an end. Try another prompt.",
)
_MOST_ATTEMPTS = 5
_AGAIN = RetryStrategy(max_attempts=_MOST_ATTEMPTS, wait=2)
"""Only what ends without an end, such as a lost database, is done again."""


@tasks.task(name="run", retry=_AGAIN, pass_context=True)
async def run(context: JobContext, *, generation: str) -> None:
    """Carry a run out, from its beginning; another worker may have begun it and died."""
    services = services_of_task(context)
    row = await _begin(services, UUID(generation))
    if row is not None:
        await _carry_out(services, row)


async def queue_run(connection: Connection, generation: UUID) -> None:
    """Queue a run, with the transaction of this connection."""
    task = run.configure(connection=connection, lock=f"generation {generation}")
    await task.defer_async(generation=str(generation))


async def end_abandoned(services: Services) -> None:
    """End the runs whose tasks are gone from the queue, for instance after their last attempt."""

    async def work(connection: Connection) -> None:
        for generation in await repository.abandoned(connection):
            await repository.end(connection, generation, "failed", problem=_GAVE_UP)

    await services.database.run(work)


async def _begin(services: Services, generation: UUID) -> GenerationRow | None:
    async def work(connection: Connection) -> GenerationRow | None:
        row = await repository.begin(connection, generation)
        if row is None:
            return None
        if row.attempts > _MOST_ATTEMPTS:
            # Its workers died, perhaps of the prompt: it shall not kill all others too.
            await repository.end(connection, row.id, "failed", problem=_GAVE_UP)
            return None
        await repository.add_events(connection, row.id, Started(attempt=row.attempts))
        return row

    return await services.database.run(work)


async def _carry_out(services: Services, row: GenerationRow) -> None:
    """Make the Blueprint and its files; the run ends in any case but for a lost database.

    Another worker may take it over when this one is slow: then this one only stops.
    """

    async def report(events: list[Noticed]) -> None:
        async def work(connection: Connection) -> bool:
            return await repository.add_events(connection, row.id, *events, attempt=row.attempts)

        if await services.database.run(work):
            raise CalledOff

    try:
        made = await maker_of(services, row).make(row.prompt, report)
        archive = await asyncio.to_thread(_files, made)
        await report([])
    except CalledOff:
        await _end(services, row, "cancelled")
    except CannotMake as error:
        await _end(services, row, "failed", problem=error.problem)
    except (psycopg.OperationalError, Problem):
        raise  # the database is away: the queue begins the run again
    except Exception:
        _log.exception("a run failed", extra={"generation": str(row.id)})
        await _end(services, row, "failed", problem=_OUR_FAULT)
    else:
        await _end(services, row, "succeeded", made=made, archive=archive)


def _files(made: Made) -> bytes:
    """The project of a Blueprint with the functions that were written for it, as a zip."""
    tree = emit(load(made.blueprint).application, made.blueprint)
    written = {path: text.encode() for path, text in made.extensions.items()}
    return packed({**tree, **written})


async def _end(
    services: Services,
    row: GenerationRow,
    status: Status,
    *,
    made: Made | None = None,
    archive: bytes | None = None,
    problem: RunProblem | None = None,
) -> None:
    async def work(connection: Connection) -> None:
        await repository.end(
            connection,
            row.id,
            status,
            made=made,
            archive=archive,
            problem=problem,
            attempt=row.attempts,
        )

    await services.database.run(work)

"""Generation over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from cloud_api.access.callers import TheAccount
from cloud_api.features.generations import service, streams
from cloud_api.features.projects.routes import Before, Limit
from cloud_api.services import TheServices
from cloud_api.web.openapi import refusals
from local_engine.contracts import generation as wire

router = APIRouter(tags=["generation"])

Accept = Annotated[str, Header(description="`text/event-stream` for events as they come.")]
LastEventId = Annotated[
    str, Header(pattern="^[0-9]{0,9}$", description="Where a stream that broke off had come to.")
]
After = Annotated[int, Query(ge=0, le=2**31 - 1, description="Only events with larger numbers.")]
_EVENTS: dict[str, Any] = {streams.MEDIA_TYPE: {"schema": {"type": "string"}}}
_ZIP: dict[str, Any] = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}


@router.post(
    "/generate-from-prompt",
    response_model=wire.Generation,
    responses=refusals(401, 409, 429, 500)
    | {
        200: {"description": "The run has ended", "content": _EVENTS},
        202: {"description": "It takes longer: `Location` says where", "model": wire.Generation},
    },
    operation_id="generateFromPrompt",
)
async def generate_from_prompt(
    services: TheServices,
    account: TheAccount,
    request: wire.GenerationRequest,
    response: Response,
    accept: Accept = "",
) -> Any:
    """From a prompt to a Blueprint and its project.

    The answer waits for the end of the run, but for 45 seconds at most: then it is 202, and
    `Location` says where the run is. With `Accept: text/event-stream` it is a stream of events.
    """
    if streams.wants_stream(accept):
        with streams.reserve(services, account) as place:
            generation = await service.start(services, account, request)
            return streams.stream(services, account, generation, 0, place)
    generation = await service.start(services, account, request)
    row = await service.wait(services, account, generation)
    problem = service.problem_of(row)
    if problem is not None:
        raise problem
    response.headers["location"] = f"/generations/{generation}"
    if not row.ended:
        response.status_code = 202
        response.headers["retry-after"] = "2"
    return await service.answer(services, account, row, files=request.files == "map")


@router.get("/generations", responses=refusals(401), operation_id="listGenerations")
async def list_generations(
    services: TheServices, account: TheAccount, before: Before = None, limit: Limit = 50
) -> wire.GenerationPage:
    """Your runs, the newest first, without their results."""
    return await service.page(services, account, before, limit)


@router.get("/generations/{generation}", responses=refusals(401, 404), operation_id="getGeneration")
async def get_generation(
    services: TheServices, account: TheAccount, generation: UUID
) -> wire.Generation:
    """One run."""
    row = await service.find(services, account, generation)
    return await service.answer(services, account, row, files=False)


@router.post(
    "/generations/{generation}/cancel",
    status_code=202,
    responses=refusals(401, 404),
    operation_id="cancelGeneration",
)
async def cancel_generation(
    services: TheServices, account: TheAccount, generation: UUID
) -> wire.Generation:
    """Call a run off. It ends soon; one that has ended stays as it is."""
    await service.cancel(services, account, generation)
    return (await service.find(services, account, generation)).shown()


@router.get(
    "/generations/{generation}/events",
    response_class=Response,
    responses=refusals(401, 404, 429) | {200: {"description": "Events", "content": _EVENTS}},
    operation_id="followGeneration",
)
async def follow_generation(
    services: TheServices,
    account: TheAccount,
    generation: UUID,
    after: After = 0,
    last_event_id: LastEventId = "",
) -> Response:
    """The events of a run from any number on, as server-sent events, up to its end."""
    await service.find(services, account, generation)
    start = int(last_event_id) if last_event_id else after
    with streams.reserve(services, account) as place:
        return streams.stream(services, account, generation, start, place)


@router.get(
    "/generations/{generation}/files.zip",
    response_class=Response,
    responses=refusals(401, 404, 409) | {200: {"description": "The project", "content": _ZIP}},
    operation_id="getGenerationFiles",
)
async def get_generation_files(
    services: TheServices, account: TheAccount, generation: UUID
) -> Response:
    """The project that a run has made, as a zip."""
    content = await service.archive(services, account, generation)
    disposition = f'attachment; filename="project-{generation}.zip"'
    headers = {"content-disposition": disposition}
    return Response(content, media_type="application/zip", headers=headers)


@router.get("/usage", responses=refusals(401), operation_id="getUsage")
async def get_usage(services: TheServices, account: TheAccount) -> wire.Quota:
    """What you have used today (UTC), and may use."""
    return await service.quota(services, account)

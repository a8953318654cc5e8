"""Handing over a file that a job is to read, such as one to import."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.uploads import service
from local_engine.api.features.uploads.schemas import Upload
from local_engine.api.gate import MAX_UPLOAD_BYTES
from local_engine.api.problems import Problem

router = APIRouter(prefix="/uploads", tags=["uploads"])

_BODY = {"required": True, "content": {service.MEDIA_TYPE: {"schema": {"type": "string"}}}}


@router.post(
    "",
    status_code=201,
    responses=refusals(415),
    openapi_extra={"requestBody": _BODY},
    max_body_size=MAX_UPLOAD_BYTES,
    operation_id="uploadFile",
)
async def upload_file(
    engine: TheEngine,
    request: Request,
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> Upload:
    """Take in the bytes of a file, up to 100 MB."""
    if content_type.partition(";")[0].strip().lower() != service.MEDIA_TYPE:
        raise Problem(415, "not-bytes", f"Send the file's bytes as {service.MEDIA_TYPE}.")
    return await service.take_in(engine.jobs.uploads, request.stream())

"""What the OpenAPI document says beyond what FastAPI finds out by itself."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from local_engine.contracts.problems import MEDIA_TYPE, ProblemDetails

DESCRIPTION = """Accounts, model keys, generation by models, and shared metadata.

Sign in with `POST /auth/login`, then send `Authorization: Bearer ACCESS_TOKEN`. Every error is a
problem (RFC 9457) whose `code` stays the same.
"""
_REFERENCE = "#/components/schemas/{model}"
_MEANINGS = {
    400: "The request cannot be read",
    401: "Nobody is signed in, or the token is not accepted",
    403: "This account may not do this",
    404: "There is no such thing, or this account may not know of it",
    409: "It contradicts the stored state",
    413: "Too large",
    415: "Not in this form",
    422: "Something in it is wrong; `errors` says what and where",
    429: "Too many attempts, or a quota is used up; `Retry-After` says when to come again",
    500: "A mistake of ours; `request_id` finds it in the logs",
    502: "A provider of models did not answer as it should",
    503: "Not now; `Retry-After` says when to come again",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The entries of an operation's `responses` for these statuses."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}


COMMON = refusals(400, 413, 422, 503)


def describe(application: FastAPI) -> dict[str, Any]:
    """The document of an application; the same for the same routes."""
    document = get_openapi(
        title=application.title,
        version=application.version,
        description=DESCRIPTION,
        routes=application.routes,
        separate_input_output_schemas=application.separate_input_output_schemas,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDetails.model_json_schema(ref_template=_REFERENCE)
    schemas.update(problem.pop("$defs"))
    schemas["ProblemDetails"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document

"""Every error as problem details, and what the OpenAPI document says about that."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from local_engine.api.problems import MEDIA_TYPE, Problem
from local_engine.runtime.disk_refusal import disk_refusal
from local_engine.storage import tells_damage

_log = logging.getLogger(__name__)
_SHOWN_ERRORS = 50
_CODES = {
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not take this method."),
    413: ("too-large", "The request is larger than the engine takes."),
}


_DAMAGED = (
    "A table in the engine's data folder is damaged. End the engine and start it again: it keeps"
    " the damaged file aside and makes a new one. Your projects are in their folders, whole."
)


class NothingMore(Exception):
    """Ends a request with 204: a stream that has been told to its end."""


class InputErrorAnswer(BaseModel):
    """One thing that is wrong: where, as a JSON pointer or a line of a text, and what."""

    model_config = ConfigDict(extra="allow")

    detail: str
    pointer: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None
    suggestion: str | None = None
    severity: str | None = None
    code: str | None = None


class ProblemAnswer(BaseModel):
    """Problem details, RFC 9457. `code` is for programs and stays the same."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[InputErrorAnswer] = []


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The entries of an operation's `responses` for these statuses."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}


_MEANINGS = {
    400: "The request cannot be read",
    401: "No token",
    403: "A page of another origin, or something that is not to be touched",
    404: "There is no such thing",
    405: "Not by this method",
    409: "It does not go together with how things are",
    412: "It was changed meanwhile",
    413: "Too large",
    415: "Not in this form",
    421: "Not the engine's address",
    422: "Something in it is wrong; `errors` says what and where",
    423: "Locked: a passphrase is needed",
    429: "Too many at once",
    500: "A mistake of the engine's; a crash report was written",
    502: "The running project did not answer as it should",
    503: "Not now: the engine is ending, or lacks something",
}
COMMON = refusals(400, 401, 403, 413, 421, 422)


def install_problem_handlers(application: FastAPI) -> None:
    """Answer every error of the application with a problem."""
    application.add_exception_handler(Problem, _on_problem)
    application.add_exception_handler(HTTPException, _on_http)
    application.add_exception_handler(RequestValidationError, _on_invalid)
    application.add_exception_handler(NothingMore, _on_nothing_more)
    application.add_exception_handler(OSError, _on_disk)
    application.add_exception_handler(sqlite3.Error, _on_disk)
    application.add_exception_handler(Exception, _on_crash)


def _response(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


async def _on_problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _response(error)


async def _on_nothing_more(_request: Request, _error: Exception) -> Response:
    return Response(status_code=204)


async def _on_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, detail = _CODES.get(error.status_code, ("refused", str(error.detail)))
    return _response(Problem(error.status_code, code, detail, headers=error.headers))


async def _on_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    unreadable = any(one["type"] == "json_invalid" for one in found)
    errors = [_input_error(one) for one in found[:_SHOWN_ERRORS]]
    if unreadable:
        return _response(Problem(400, "not-json", "The body is not JSON.", errors=errors))
    detail = "; ".join(f"{one['pointer']}: {one['detail']}" for one in errors[:3])
    return _response(Problem(422, "invalid", detail or "It is not valid.", errors=errors))


def _input_error(found: Mapping[str, Any]) -> dict[str, str]:
    return {"pointer": _pointer(found["loc"]), "detail": str(found["msg"]), "code": found["type"]}


def _pointer(location: Sequence[str | int]) -> str:
    return "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in location)


async def _on_disk(_request: Request, error: Exception) -> Response:
    """A disk that is full, read-only or loses what it holds is no mistake of ours."""
    assert isinstance(error, OSError | sqlite3.Error)
    if isinstance(error, sqlite3.Error) and tells_damage(error):
        _log.error("a table is damaged: %s", error)
        return _response(Problem(503, "table-damaged", _DAMAGED))
    advice = disk_refusal(error)
    if advice is None:
        raise error
    _log.warning("the disk refuses: %s", error)
    return _response(Problem(503, "disk-refuses", advice))


async def _on_crash(request: Request, error: Exception) -> Response:
    report = request.app.state.engine.report_crash(f"{request.method} {_template(request)}", error)
    _log.error("crash report: %s", report)
    return _response(
        Problem(500, "engine-error", f"A mistake of the engine's. It is written down in {report}.")
    )


def _template(request: Request) -> str:
    """The path as the router knows it: what stands in it is not for a report."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "an unknown path"))

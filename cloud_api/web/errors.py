"""Foreign exceptions become problems here, at one boundary.

What nobody foresaw is a 500 without details; the log has them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import errors as pg
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cloud_api.web.problems import Problem, conflict, not_found, problem_response, unavailable
from local_engine.contracts.problems import InputProblem

_log = logging.getLogger("cloud")
_SHOWN_ERRORS = 50
_CANNOT_BE_STORED = (
    pg.CharacterNotInRepertoire,
    pg.NumericValueOutOfRange,
    pg.ProgramLimitExceeded,
    pg.StringDataRightTruncation,
    pg.UntranslatableCharacter,
)
_NO_ROOM = (pg.DiskFull, pg.OutOfMemory, pg.TooManyConnections, pg.ConfigurationLimitExceeded)


def install_problem_handlers(application: FastAPI) -> None:
    """Answer every error of the application with a problem."""
    for kind in (Problem, HTTPException, RequestValidationError, psycopg.Error, Exception):
        application.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    request_id = request.scope.get("request_id")
    if problem is None:
        _log.error("unhandled error", exc_info=error, extra={"request_id": request_id})
        problem = Problem(500, "internal", "Something went wrong on our side.")
    elif problem.status == 503:
        cause = error.__cause__ or error.__context__ or error
        _log.warning("unavailable: %s", cause, extra={"request_id": request_id})
    return problem_response(problem, request_id)


def problem_of(error: Exception) -> Problem | None:
    """The problem that stands for this exception, or None when it is a fault of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return _from_http(error)
    if isinstance(error, RequestValidationError):
        return from_validation(error.errors())
    if isinstance(error, psycopg.Error):
        return _from_database(error)
    return None


def from_validation(found: Sequence[Mapping[str, Any]]) -> Problem:
    """The problem for what pydantic refused: 400 for what is no JSON, 422 for the rest."""
    errors = [_input_problem(one) for one in found[:_SHOWN_ERRORS]]
    if any(one["type"] == "json_invalid" for one in found):
        return Problem(400, "not-json", "The body is not JSON.", errors=errors)
    detail = "; ".join(f"{one.pointer}: {one.detail}" for one in errors[:3])
    return Problem(422, "invalid", detail or "Some values are not accepted.", errors=errors)


def _input_problem(found: Mapping[str, Any]) -> InputProblem:
    """One refused value, without the value: it may be a password."""
    steps = [str(step) for step in found["loc"] if step != "body"]
    pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
    message = str(found["msg"]).removeprefix("Value error, ")
    return InputProblem(pointer=pointer, code=str(found["type"]), detail=message)


def _from_http(error: HTTPException) -> Problem:
    """What the framework refuses by itself: unknown routes, methods, unreadable requests."""
    if error.status_code == 404:
        return not_found()
    code, detail = {
        400: ("malformed", "The request cannot be read."),
        405: ("method-not-allowed", "This cannot be done here; the Allow header says what can."),
        413: ("too-large", "The body is larger than the service takes."),
        415: ("unsupported-media-type", "Send the body in the form that the documentation names."),
    }.get(error.status_code, ("refused", str(error.detail)))
    return Problem(error.status_code, code, detail, headers=error.headers)


def _from_database(error: psycopg.Error) -> Problem | None:
    if isinstance(error, _CANNOT_BE_STORED):
        return Problem(422, "invalid", "A value is outside what can be stored.")
    if isinstance(error, pg.UniqueViolation):
        return conflict("taken", "There is one like this already.")
    if isinstance(error, pg.ForeignKeyViolation):
        return conflict("gone", "What this belongs to was deleted meanwhile.")
    if isinstance(error, (pg.LockNotAvailable, pg.QueryCanceled)):
        return unavailable("The rows have been in use by others for too long. Try again.")
    if isinstance(error, _NO_ROOM):
        return unavailable("The database is full or overloaded. Try again later.", 30)
    if isinstance(error, psycopg.OperationalError):
        return unavailable("The database does not answer. Try again shortly.")
    return None

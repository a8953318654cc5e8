"""Foreign exceptions become problems here, at one boundary.

PostgreSQL names the constraint that a statement violated; the project's rules say what that means
to a client. What nobody foresaw is a 500 without details; the log has them.
"""

from __future__ import annotations

from typing import Any

import psycopg
from fastapi.exceptions import RequestValidationError
from psycopg import errors as pg
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Scope

from .expressions import ExpressionError
from .problem import FieldError, Problem, conflict, invalid, malformed, not_found, unavailable
from .rules import Reference, Rule, Rules

_CONFLICTS_KEY = "app.violations_are_conflicts"

_CANNOT_BE_STORED = (
    pg.NumericValueOutOfRange,
    pg.DatetimeFieldOverflow,
    pg.IntervalFieldOverflow,
    pg.StringDataRightTruncation,
    pg.CharacterNotInRepertoire,
    pg.UntranslatableCharacter,
    pg.ProgramLimitExceeded,
    pg.DivisionByZero,
    ExpressionError,
)


def violations_are_conflicts(request: Request) -> None:
    """Answer violated rules with 409 from here on, whatever the rule itself says.

    For operations and effects: the client did not write the row that breaks the rule.
    """
    request.scope[_CONFLICTS_KEY] = True


def problem_of(error: Exception, rules: Rules, scope: Scope) -> Problem | None:
    """The problem that answers a request, or None when its failure is a fault of ours."""
    problem = to_problem(error, rules)
    if problem is not None and problem.kind == "rule" and scope.get(_CONFLICTS_KEY):
        problem.status = 409
    return problem


def to_problem(error: Exception, rules: Rules) -> Problem | None:
    """The problem that stands for this exception, or None when it is a fault of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return _from_http(error)
    if isinstance(error, RequestValidationError):
        return invalid([_from_framework(e) for e in error.errors()])
    if isinstance(error, psycopg.IntegrityError):
        return _from_constraint(error, rules)
    if isinstance(error, _CANNOT_BE_STORED):
        return invalid(
            [FieldError("", "out_of_range", "A value is outside what can be worked with.")]
        )
    if isinstance(error, (pg.LockNotAvailable, pg.QueryCanceled)):
        return unavailable("The rows have been in use by others for too long. Try again.")
    if isinstance(error, psycopg.OperationalError):
        return unavailable("The database does not answer. Try again shortly.")
    return None


def _from_http(error: HTTPException) -> Problem:
    """What the framework refuses by itself: unknown routes, methods, unreadable requests."""
    if error.status_code == 404:
        return not_found()
    if error.status_code == 405:
        return Problem(
            405,
            "method-not-allowed",
            "This cannot be done here; the Allow header says what can.",
            headers=error.headers,
        )
    if error.status_code == 400:
        return malformed(error.detail)
    return Problem(error.status_code, "refused", error.detail, headers=error.headers)


def _from_framework(error: dict[str, Any]) -> FieldError:
    """A refused parameter of a handler that lets FastAPI read its parameters."""
    place = "/".join(str(part) for part in error["loc"])
    return FieldError(f"/{place.removeprefix('body/')}", str(error["type"]), str(error["msg"]))


def _from_constraint(error: psycopg.IntegrityError, rules: Rules) -> Problem | None:
    """The rule behind a violated constraint; a general 409 when its name is not listed."""
    rule = rules.get(error.diag.constraint_name or "")
    if isinstance(rule, Rule):
        # A trigger of ours may word its message itself (it can name a value). PostgreSQL's own
        # messages speak of tables and constraints and stay inside.
        raised_by_trigger = error.diag.source_function == "exec_stmt_raise"
        return rule.problem(error.diag.message_primary if raised_by_trigger else None)
    if isinstance(rule, Reference):
        # ON DELETE RESTRICT has an SQLSTATE of its own, so the two directions can be told apart.
        if isinstance(error, pg.RestrictViolation):
            return rule.in_the_way()
        return rule.missing()
    if isinstance(error, pg.UniqueViolation):
        return conflict("taken", "There is one like this already.")
    if isinstance(error, (pg.ForeignKeyViolation, pg.RestrictViolation)):
        return conflict("in-use", "Something else still refers to this.")
    if isinstance(error, (pg.CheckViolation, pg.ExclusionViolation)):
        return conflict("rule", "A rule of this service forbids it.")
    return None

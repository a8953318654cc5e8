"""How the cloud refuses: problem details (RFC 9457)."""

from __future__ import annotations

from local_engine.contracts.wire import Answer

MEDIA_TYPE = "application/problem+json"


class InputProblem(Answer):
    """One value that is refused: where (a JSON pointer), a word for programs, words for people."""

    pointer: str
    code: str
    detail: str


class ProblemDetails(Answer):
    """An error. `code` is for programs and stays the same; `request_id` finds it in the logs."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[InputProblem, ...] = ()
    request_id: str | None = None

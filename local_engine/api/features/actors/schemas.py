"""What is sent about actors and their requests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_ANSWER = 1_000_000

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
Target = Annotated[str, StringConstraints(pattern=r"^/[\x21-\x7e]{0,4000}$")]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]{0,2000}$")]


class ActorFacts(BaseModel):
    """Somebody who can send requests; the account of each role is made when it is needed."""

    name: str
    email: str | None
    roles: list[str]


class ActorList(BaseModel):
    """All actors: anonymous first, then plain users, then one for each role."""

    actors: list[ActorFacts]


class NewRequest(BaseModel):
    """A request to the running project. `body` is sent as JSON, `path` may have a query."""

    model_config = ConfigDict(extra="forbid")

    actor: Annotated[str, Field(min_length=1, max_length=64)] = "anonymous"
    method: Method
    path: Target
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=30)] = {}
    body: Any = None


class RanStatement(BaseModel):
    """A statement, without its values, and the time that it took."""

    sql: str
    ms: float


class StatementList(BaseModel):
    """The statements that a request ran, in their order."""

    statements: list[RanStatement]


class ProjectAnswer(BaseModel):
    """What the project answered. `text` is cut at a million characters; `seconds` is the time."""

    status: int
    headers: list[tuple[str, str]]
    text: str
    cut: bool
    seconds: float
    request_id: str | None

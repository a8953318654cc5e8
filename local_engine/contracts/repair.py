"""Repair by a model: from failing checks to a patch, which the engine tries and judges."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from local_engine.contracts.wire import Answer, Json, Request, Text

MAX_CHECKS = 50
MAX_CODE = 60_000
MAX_BLUEPRINT = 1_000_000

Short = Annotated[Text, Field(max_length=4_000)]
Path = Annotated[str, Field(pattern=r"^app/extensions/[a-z0-9_]+\.py$")]


class FailingCheck(Request):
    """A check that fails: what should hold, what was expected and found; requests, a line each."""

    check: Annotated[str, Field(max_length=200)]
    sentence: Short
    expected: Short
    found: Short
    requests: Annotated[list[Short], Field(max_length=20)] = Field(default_factory=list)


class ExtensionText(Request):
    """An extension point's file as it is, and as the generator wrote it: with an empty body."""

    path: Path
    text: Annotated[Text, Field(max_length=MAX_CODE)]
    stub: Annotated[Text, Field(max_length=MAX_CODE)]


class FixRequest(Request):
    """What fails in the project of a Blueprint (YAML); no check where it does not even start.

    With an `extension`, its body is to be mended, else the Blueprint. `trace` are tracebacks,
    `earlier` says what was tried and what came of it. The caps hold for this question alone.
    Repeated with the same `id`, it is the same run.
    """

    id: UUID | None = None
    blueprint: Annotated[Text, Field(max_length=MAX_BLUEPRINT)]
    failures: Annotated[list[FailingCheck], Field(max_length=MAX_CHECKS)] = Field(
        default_factory=list
    )
    trace: Annotated[Text, Field(max_length=20_000)] = ""
    extension: ExtensionText | None = None
    earlier: Annotated[list[Short], Field(max_length=10)] = Field(default_factory=list)
    max_tokens: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    max_cost_microdollars: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None


class Fix(Answer):
    """A patch: typed `edits` of the Blueprint or `files` by path; neither with a `problem`.

    `why` are the model's words; `is_over` says that asking again is of no use.
    """

    edits: list[Json] = Field(default_factory=list)
    files: dict[str, str] = Field(default_factory=dict)
    why: str = ""
    problem: str = ""
    is_over: bool = False
    models: list[str] = Field(default_factory=list)
    tokens: int = 0
    cost_microdollars: int | None = 0

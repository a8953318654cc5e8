"""What is sent about changes that are proposed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from local_engine.api.features.blueprints.schemas import Base, BlueprintProblem, Text
from local_engine.api.rehearsals import Rehearsal
from local_engine.jobs.kinds.plan import PlannedQuestion

MAX_EDITS = 200

Rehearse = Annotated[
    bool, Field(description="Try the migration on a copy of the project's data, too.")
]


class EditsToPropose(BaseModel):
    """Typed edits, applied in order, all or none; their schema is at `/blueprint/edits/schema`."""

    model_config = ConfigDict(extra="forbid")

    edits: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_EDITS)]
    base: Base
    rehearse: Rehearse = False


class PromptToPropose(BaseModel):
    """What is to be changed, in plain English."""

    model_config = ConfigDict(extra="forbid")

    prompt: Annotated[str, Field(min_length=1, max_length=20_000)]
    base: Base
    rehearse: Rehearse = False


class TextToPropose(BaseModel):
    """A text that was edited by hand."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    base: Base
    rehearse: Rehearse = False


class ProposedEdit(BaseModel):
    """An edit that a prompt asks for, and why."""

    edit: dict[str, Any]
    why: str
    quote: str


class ChangedFile(BaseModel):
    """A generated file that comes, goes or changes."""

    path: str
    change: Literal["added", "changed", "removed"]


class DataRisk(BaseModel):
    """Rows concerned. `count` is SQL that counts them, exactly or at most.

    `rows` is what it gives now, where it was asked on the project's data.
    """

    kind: str
    loses: bool
    stops: bool
    table: str
    column: str | None
    text: str
    count: str
    exact: bool
    rows: int | None = None


class ChangedCheck(BaseModel):
    """A check that comes or goes."""

    id: str
    sentence: str


class Proposal(BaseModel):
    """A Blueprint that could be, and what it would bring; nothing was written.

    To have it, put `text` in place of `base` and generate. `refusals` say why there is no safe
    migration; with `loses_data` the generation has to allow that.
    """

    text: str
    base: str
    edits: list[ProposedEdit]
    questions: list[PlannedQuestion]
    changes: list[str]
    files: list[ChangedFile]
    migration_up: str | None
    migration_down: str | None
    refusals: list[str]
    risks: list[DataRisk]
    loses_data: bool
    rehearsal: Rehearsal | None = None
    new_checks: list[ChangedCheck]
    gone_checks: list[ChangedCheck]
    warnings: list[BlueprintProblem]

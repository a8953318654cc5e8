"""What happens to a job, as typed events. Each is stored before anybody hears of it."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MAX_LINE = 4096


class _Event(BaseModel):
    # Each is built at its first use: a command that tells three of them pays for three.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Queued(_Event):
    """It waits for its turn: one job a project at a time."""

    type: Literal["queued"] = "queued"


class Started(_Event):
    """Its turn has come."""

    type: Literal["started"] = "started"


class StageBegan(_Event):
    """A stage begins. `stage` is a word for programs, `title` one for people."""

    type: Literal["stage_began"] = "stage_began"
    stage: str
    title: str


class StageEnded(_Event):
    """A stage ended well."""

    type: Literal["stage_ended"] = "stage_ended"
    stage: str
    seconds: float


class Progress(_Event):
    """So much of a stage is done; `total` is None while nobody knows how much there is."""

    type: Literal["progress"] = "progress"
    stage: str
    done: int
    total: int | None = None


class LogLine(_Event):
    """A line of what a program writes, without its end."""

    type: Literal["log"] = "log"
    line: Annotated[str, Field(max_length=MAX_LINE)]


class Found(_Event):
    """The planner found a part of the Blueprint; `path` is where it stands there."""

    type: Literal["found"] = "found"
    what: Literal[
        "entity", "field", "relation", "rule", "states", "access", "operation", "role", "question"
    ]
    path: str
    facts: dict[str, Any]


class CheckEnded(_Event):
    """A check of the verification has its verdict."""

    type: Literal["check_ended"] = "check_ended"
    check: str
    group: str
    sentence: str
    verdict: Literal["passed", "failed", "inconclusive", "not_applicable"]
    reason: str = ""
    seconds: float


class KeptChanges(_Event):
    """Files that were changed outside are kept as a version of their own."""

    type: Literal["kept_changes"] = "kept_changes"
    version: str
    paths: list[str]
    count: int


class NotInHistory(_Event):
    """Things in the project's folder that its history does not hold, by path, with the reason."""

    type: Literal["not_in_history"] = "not_in_history"
    reasons: dict[str, str]
    count: int


class FinishedEarlier(_Event):
    """A step of an earlier process that was cut short has been finished."""

    type: Literal["finished_earlier"] = "finished_earlier"
    action: str


class KeptOnDisk(_Event):
    """The user changed these files while others were written: theirs stay."""

    type: Literal["kept_on_disk"] = "kept_on_disk"
    paths: list[str]
    count: int


class PreviewStopped(_Event):
    """A preview still ran for a project that is not in this folder any more; its data stays."""

    type: Literal["preview_stopped"] = "preview_stopped"
    preview: str


class Rehearsed(_Event):
    """Migrations were tried on a copy of the data, which was kept before as this snapshot.

    `lines` say in words what they do to its rows.
    """

    type: Literal["rehearsed"] = "rehearsed"
    snapshot: str
    lines: list[str]


class LeftOut(_Event):
    """Events that were too many to be kept: lines, progress and findings, never an end."""

    type: Literal["left_out"] = "left_out"
    events: int


class Succeeded(_Event):
    """It is done; the job's `result` says what came of it."""

    type: Literal["succeeded"] = "succeeded"


class Failed(_Event):
    """It could not be done. `detail` is for people, `hint` says what to do, `code` is for programs.

    `problems` are those of a Blueprint, each with its line, or rows that would go, by table.
    """

    type: Literal["failed"] = "failed"
    code: str
    detail: str
    hint: str = ""
    problems: list[dict[str, Any]] = []


class Cancelled(_Event):
    """The user called it off."""

    type: Literal["cancelled"] = "cancelled"


class Interrupted(_Event):
    """The engine ended meanwhile. It can be started again."""

    type: Literal["interrupted"] = "interrupted"
    reason: str


Event = Annotated[
    Queued
    | Started
    | StageBegan
    | StageEnded
    | Progress
    | LogLine
    | Found
    | CheckEnded
    | KeptChanges
    | NotInHistory
    | FinishedEarlier
    | KeptOnDisk
    | PreviewStopped
    | Rehearsed
    | LeftOut
    | Succeeded
    | Failed
    | Cancelled
    | Interrupted,
    Field(discriminator="type"),
]


@cache
def _adapter() -> TypeAdapter[Event]:
    return TypeAdapter(Event)


def read_event(text: str | bytes) -> Event:
    """An event from its JSON. Raises `ValidationError`."""
    return _adapter().validate_json(text)


Last = Succeeded | Failed | Cancelled | Interrupted
"""Each job has exactly one of these, and nothing after it."""

Bulk = Progress | LogLine | Found | CheckEnded
"""Those that may be left out when there are too many."""


class JobEvent(BaseModel):
    """An event with its number: larger than that of every event before, of whatever job."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: int
    job: str
    at: datetime
    event: Event


def is_last(event: Event) -> bool:
    """Whether nothing comes after this event of a job."""
    return isinstance(event, Last)

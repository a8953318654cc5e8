"""What is sent about previews."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class PreviewFacts(BaseModel):
    """Whether a project runs, and where."""

    status: Literal["stopped", "starting", "running", "paused"]
    url: str | None = None
    docs: str | None = None
    pid: int | None = None
    started_at: datetime | None = None
    stays: Annotated[bool, Field(description="Whether it outlives the engine.")] = False


class PreviewStart(BaseModel):
    """How to start; a free port is taken if none is wished for."""

    model_config = ConfigDict(extra="forbid")

    port: Annotated[int | None, Field(ge=1024, le=65535)] = None


class LogPage(BaseModel):
    """The last lines of a project's log."""

    lines: list[str]


class LogLineSent(BaseModel):
    """One line, as the stream sends it."""

    line: str

"""What is sent about Blueprints."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from local_engine.api.features.projects.schemas import MAX_BLUEPRINT

Text = Annotated[str, Field(max_length=MAX_BLUEPRINT)]
Base = Annotated[
    str, Field(pattern="^[0-9a-f]{64}$", description="The digest of what is to be replaced.")
]


class BlueprintProblem(BaseModel):
    """One thing that is wrong: where it stands, what to do. Errors stop code from being made."""

    code: str
    severity: Literal["error", "warning"]
    path: str
    line: int | None
    column: int | None
    detail: str
    suggestion: str | None


class BlueprintText(BaseModel):
    """The Blueprint of a project as it is on disk, with all that is wrong with it."""

    text: str
    digest: str
    problems: list[BlueprintProblem]


class NewBlueprintText(BaseModel):
    """A text in place of the one with the digest `base`."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    base: Base


class BlueprintDocument(BaseModel):
    """The Blueprint as JSON, in the form of its schema."""

    document: dict[str, Any]
    digest: str


class NewBlueprintDocument(BaseModel):
    """A Blueprint as JSON, in place of the text with the digest `base`; comments are kept."""

    model_config = ConfigDict(extra="forbid")

    document: dict[str, Any]
    base: Base


class TextToCheck(BaseModel):
    """A text that is not stored."""

    model_config = ConfigDict(extra="forbid")

    text: Text


class CheckedBlueprint(BaseModel):
    """What is wrong with a text; if nothing stops it, its name and every default as lines."""

    problems: list[BlueprintProblem]
    valid: bool
    name: str | None
    entities: list[str]
    explanation: list[str]

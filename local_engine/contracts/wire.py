"""What all models of the wire have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field


class Request(BaseModel):
    """Something that is sent to the cloud; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """Something that the cloud answers; fields of newer versions are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("may not hold control characters or line ends")
    return text


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("may not hold the character NUL")
    return text


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment, in UTC."""

Line = Annotated[str, AfterValidator(_printable)]
"""One line of text, as a person would write it."""

Text = Annotated[str, AfterValidator(_storable)]
"""Text of any number of lines."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest in hexadecimal."""

Json = dict[str, Any]
"""A JSON object whose form is described elsewhere."""

"""What is sent about sessions."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from local_engine.api.features.session.service import MIN_TOKEN_LENGTH


class NewToken(BaseModel):
    """A further token that shall open the engine: printable ASCII without spaces."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[
        str,
        StringConstraints(min_length=MIN_TOKEN_LENGTH, max_length=4096, pattern=r"^[\x21-\x7e]+$"),
    ]


class Link(BaseModel):
    """An address that opens the window in a browser, once."""

    url: str
    seconds: Annotated[float, Field(description="How long it can be used.")]


class SessionFacts(BaseModel):
    """Who runs here."""

    version: str
    home: Annotated[str, Field(description="The engine's data folder.")]
    url: str

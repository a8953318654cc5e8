"""What is sent about remotes."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field


class RemoteFacts(BaseModel):
    """Where a project was pushed to, and the secret that opens it, if that is an https address."""

    remote: Annotated[str | None, Field(description="Null before the first push.")]
    secret: Annotated[str | None, Field(description="The name under which a token is looked for.")]
    known: Annotated[bool, Field(description="Whether there is a secret of this name.")]

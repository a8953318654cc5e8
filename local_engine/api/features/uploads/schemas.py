"""What is sent about uploads."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field


class Upload(BaseModel):
    """A file that was handed over; it is kept for a day, or until twenty newer ones came."""

    upload: Annotated[str, Field(description="What a job's request calls it.")]
    bytes: int

"""Places on this machine, as requests name them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field


def _absolute(text: str) -> str:
    if "\0" in text or not Path(text).is_absolute():
        raise ValueError("it must be an absolute path, such as /home/me/projects")
    return text


AbsolutePath = Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(_absolute)]
"""An absolute path; whether anything is there is seen when it is used."""

"""What is sent about the candidates of repairs."""

from __future__ import annotations

from pydantic import BaseModel


class CandidateFacts(BaseModel):
    """A candidate that waits: its steps in words, what it changes as unified diffs by path."""

    job: str
    steps: list[str]
    differences: dict[str, str]

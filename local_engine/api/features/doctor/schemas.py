"""What is sent about this machine."""

from __future__ import annotations

from pydantic import BaseModel


class MachineFinding(BaseModel):
    """One thing looked at: a `needed` one that is not `ok` keeps projects from running."""

    name: str
    ok: bool
    needed: bool
    text: str
    advice: str


class Examination(BaseModel):
    """All that was looked at; `ready` when nothing needed is missing."""

    findings: list[MachineFinding]
    ready: bool

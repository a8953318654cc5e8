"""Rows about runs, and what makes a Blueprint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from local_engine.contracts.generation import Generation, Made, RunProblem, Status, Usage, Way

ENDED: frozenset[Status] = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class GenerationRow:
    """A run, without its archive."""

    id: UUID
    user_id: UUID
    prompt: str
    status: Status
    way: Way
    model: str | None
    max_tokens: int
    max_cost_microdollars: int
    tokens: int
    cost_microdollars: int
    attempts: int
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    created_at: datetime
    ended_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in ENDED

    def shown(self, *, brief: bool = False) -> Generation:
        """As it goes over the wire; `brief` leaves the result out, for lists."""
        return Generation(
            id=self.id,
            status=self.status,
            prompt=self.prompt,
            way=self.way,
            model=self.model,
            created_at=self.created_at,
            ended_at=self.ended_at,
            usage=Usage(tokens=self.tokens, cost_microdollars=self.cost_microdollars),
            result=Made.model_validate(self.result) if self.result and not brief else None,
            problem=RunProblem.model_validate(self.problem) if self.problem else None,
            files_zip=f"/generations/{self.id}/files.zip" if self.status == "succeeded" else None,
        )


@dataclass(frozen=True, slots=True)
class UsedToday:
    """What an account has used on the present day (UTC)."""

    generations: int
    tokens: int
    cost_microdollars: int

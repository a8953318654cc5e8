"""Which maker makes the Blueprint of a run."""

from __future__ import annotations

from cloud_api.features.generations.agents import AgentMaker
from cloud_api.features.generations.makers import CannotMake, Maker, PlannerMaker
from cloud_api.features.generations.models import GenerationRow
from cloud_api.services import Services
from local_engine.contracts.generation import RunProblem


def maker_of(services: Services, row: GenerationRow) -> Maker:
    """What makes the Blueprint of a run. Raises `CannotMake` for a way of a newer version."""
    match row.way:
        case "no-model":
            return PlannerMaker()
        case "own-key" | "platform-key":
            return AgentMaker(services, row)
    problem = RunProblem(
        code="unknown-way", detail="This worker cannot do that yet. Try again in a while."
    )
    raise CannotMake(problem)

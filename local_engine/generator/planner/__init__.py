"""The planner without a model: a prompt becomes a Blueprint by rules and a lexicon, offline."""

from local_engine.generator.planner.events import PlanEvent
from local_engine.generator.planner.planning import plan
from local_engine.generator.planner.results import (
    Decision,
    NotUnderstood,
    Plan,
    PlanningError,
    Question,
)

__all__ = ["Decision", "NotUnderstood", "Plan", "PlanEvent", "PlanningError", "Question", "plan"]

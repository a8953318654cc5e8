"""Refining without a model: a prompt about a Blueprint that is there becomes typed edits of it."""

from local_engine.generator.planner.refining.refine import refine
from local_engine.generator.planner.refining.results import Refined, Refinement

__all__ = ["Refined", "Refinement", "refine"]

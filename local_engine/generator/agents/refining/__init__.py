"""From a prompt about a Blueprint that is there to typed edits of it, by a model: `refine`."""

from local_engine.generator.agents.refining.refining import ModelRefinement, refine

__all__ = ["ModelRefinement", "refine"]

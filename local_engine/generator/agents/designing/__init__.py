"""From a prompt to a Blueprint by a model: `design`."""

from local_engine.generator.agents.designing.designing import design
from local_engine.generator.agents.designing.results import Design, Wish

__all__ = ["Design", "Wish", "design"]

"""What the Blueprint cannot say: bodies of extension points by a model, each with a test."""

from local_engine.generator.agents.extending.extending import Extensions, extend

__all__ = ["Extensions", "extend"]

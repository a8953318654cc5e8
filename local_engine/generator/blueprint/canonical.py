"""The canonical form of Blueprints: written from a model, or from a text with its comments."""

from __future__ import annotations

from local_engine.generator.blueprint.comments import comments_of
from local_engine.generator.blueprint.model import Blueprint
from local_engine.generator.blueprint.problems import BlueprintErrors
from local_engine.generator.blueprint.validation import read_blueprint
from local_engine.generator.blueprint.writer import write
from local_engine.generator.blueprint.yaml import read_yaml


def dump(blueprint: Blueprint) -> str:
    """The canonical text of a Blueprint."""
    return write(blueprint.plain())


def canonicalise(text: str) -> str:
    """The same Blueprint in canonical form; comments and single blank lines are kept.

    Raises BlueprintErrors if the text is not a Blueprint (names are not looked at).
    """
    return rewrite(text, None)


def rewrite(text: str, blueprint: Blueprint | None) -> str:
    """The canonical text of a Blueprint, with the comments of `text` where they still belong.

    Without a Blueprint it is the one that the text holds. Raises BlueprintErrors.
    """
    source, problems = read_yaml(text)
    if not problems.has_errors:
        reading = read_blueprint(source.data, problems)
        blueprint = blueprint or reading.blueprint
    if problems.has_errors or blueprint is None:
        raise BlueprintErrors(problems.sorted())
    return write(blueprint.plain(), comments_of(text, source))

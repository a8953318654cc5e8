"""Where effects happen: the names at hand, the row that they are about, what was created."""

from __future__ import annotations

from dataclasses import dataclass, field

from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.shapes import Names


@dataclass
class Used:
    """What effects send, call and create; what nobody names is told as a warning."""

    created: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    webhooks: set[str] = field(default_factory=set)


@dataclass
class Scene:
    """Where effects happen: the names at hand, the row they are about, and what was created.

    `about` is the row that e-mail placeholders are about.
    """

    names: Names
    own: Outline | None
    about: Names | None
    user: bool
    created: dict[str, Outline] = field(default_factory=dict)

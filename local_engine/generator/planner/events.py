"""Events of planning, so that a window can draw the Blueprint growing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanEvent:
    """Something was found; `path` is where it stands in the Blueprint."""

    path: str


@dataclass(frozen=True)
class EntityFound(PlanEvent):
    """An entity."""

    entity: str


@dataclass(frozen=True)
class FieldFound(PlanEvent):
    """A field of an entity, with its type."""

    entity: str
    field: str
    type: str


@dataclass(frozen=True)
class RelationFound(PlanEvent):
    """A relation between two entities."""

    entity: str
    relation: str
    target: str


@dataclass(frozen=True)
class RuleFound(PlanEvent):
    """A rule of an entity, by its kind."""

    entity: str
    kind: str


@dataclass(frozen=True)
class StatesFound(PlanEvent):
    """The states of an entity."""

    entity: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class AccessDecided(PlanEvent):
    """Who may perform an action of an entity."""

    entity: str
    action: str
    actors: tuple[str, ...]


@dataclass(frozen=True)
class OperationFound(PlanEvent):
    """An operation, report or feed."""

    operation: str


@dataclass(frozen=True)
class RoleFound(PlanEvent):
    """A role of the accounts."""

    role: str


@dataclass(frozen=True)
class QuestionRaised(PlanEvent):
    """Something that the prompt leaves open."""

    question: str

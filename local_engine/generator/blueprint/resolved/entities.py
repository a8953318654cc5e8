"""Entities, their states and members, in resolved form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local_engine.generator.blueprint.resolved.actors import Access

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions import Expression
    from local_engine.generator.blueprint.resolved.effects import Effect, Requirement
    from local_engine.generator.blueprint.resolved.fields import Field
    from local_engine.generator.blueprint.resolved.operations import InputField
    from local_engine.generator.blueprint.resolved.relations import Links, ToMany, ToOne
    from local_engine.generator.blueprint.resolved.rules import Rule

ACTIONS = ("list", "read", "create", "update", "delete")


@dataclass(frozen=True)
class Transition:
    """An action that moves a row from one of `sources` to `target`."""

    name: str
    sources: tuple[str, ...]
    target: str
    access: Access
    inputs: tuple[InputField, ...]
    requirements: tuple[Requirement, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class StateMachine:
    """The states of an entity: `field` is read-only to clients and starts as `initial`.

    `was` are the earlier names of renamed states, by their present ones.
    """

    field: str
    initial: str
    values: tuple[str, ...]
    transitions: Mapping[str, Transition]
    was: Mapping[str, str]


@dataclass(frozen=True)
class Members:
    """Makes an entity a place (or the tenant): rows of `through` say who is a member.

    `place_relation`, `user_relation` and `role_field` are names in `through`. `creator_role` is
    the role that the creator's own membership gets (tenancy; None: no membership is made).
    """

    through: str
    place_relation: str
    user_relation: str
    role_field: str | None
    roles: tuple[str, ...]
    join_open: bool
    creator_role: str | None


@dataclass(frozen=True)
class EntityEffect:
    """Effects that follow a write: `on` is create, update, delete or a changed field/relation."""

    on: str
    condition: Expression | None
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class Entity:
    """One entity with everything that follows from its place in the Blueprint.

    Names: `name` PascalCase, `table` plural snake_case, `segment` the path segment of its
    collection in kebab-case. `owner` is the owner's relation (to User) in this entity, None where
    there is none. `owner_path` leads to the owning user also through the parent of a part.
    `part_of` is the relation to the parent. `place_path` leads to the place (not the tenant).
    `access` holds all five ACTIONS. `reads_through_parent` and `writes_through_parent` hold for a
    part that does not say its own: then reads need the parent's read, writes the parent's update.
    `tenanted` tells that rows belong to a tenant, through the implicit to-one relation.
    """

    name: str
    table: str
    segment: str
    fields: Mapping[str, Field]
    to_one: Mapping[str, ToOne]
    to_many: Mapping[str, ToMany]
    links: Mapping[str, Links]
    access: Mapping[str, Access]
    rules: tuple[Rule, ...] = ()
    states: StateMachine | None = None
    owner: str | None = None
    owner_path: tuple[str, ...] | None = None
    part_of: str | None = None
    place_path: tuple[str, ...] | None = None
    members: Members | None = None
    tenanted: bool = False
    append_only: bool = False
    guarded: bool = False
    upsert: tuple[str, ...] = ()
    default_sort: tuple[str, ...] = ("-created_at",)
    reads_through_parent: bool = False
    writes_through_parent: bool = False
    inherited_rules: tuple[Rule, ...] = ()
    effects: tuple[EntityEffect, ...] = ()
    rate_limits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    was: str | None = None
    description: str = ""

    @property
    def actions(self) -> tuple[str, ...]:
        """The CRUD actions that exist: somebody may perform them, on something.

        There is no update where a change could change nothing. Who may `update` writes files and
        links, too: that is said by `access` alone.
        """
        existing = (action for action in ACTIONS if not self.access[action].nobody)
        return tuple(action for action in existing if action != "update" or self._changeable)

    @property
    def _changeable(self) -> bool:
        """Whether somebody can send a field or relation in a change."""
        settled = {self.owner, self.part_of, self.states and self.states.field}
        sent: list[Field | ToOne] = [one for one in self.fields.values() if not one.read_only]
        sent += [one for one in self.to_one.values() if not one.implicit]
        return any(
            not (one.immutable or one.name in settled)
            and (one.editable_by is None or not one.editable_by.nobody)
            for one in sent
        )

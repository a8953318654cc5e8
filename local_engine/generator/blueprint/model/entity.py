"""Entities: what is stored, and everything that is said about it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field as Key

from local_engine.generator.blueprint.model.access import Access, Actors, plain_listed
from local_engine.generator.blueprint.model.effect import Effect, EntityEffect
from local_engine.generator.blueprint.model.field import Field
from local_engine.generator.blueprint.model.node import Node
from local_engine.generator.blueprint.model.operation import (
    Input,
    Requirements,
    plain_requirements,
)
from local_engine.generator.blueprint.model.relation import Relation
from local_engine.generator.blueprint.model.rule import Rule
from local_engine.generator.blueprint.model.scalars import Listed


class Transition(Node):
    """An action that moves a row from one state to another."""

    from_: Listed = Key(alias="from", description="The state, a list of states, or `any`.")
    to: str = Key(description="The new state.")
    by: Actors | None = Key(default=None, description="Who may do it.")
    input: dict[str, Input] = Key(default={}, description="What is given.")
    require: Requirements = Key(default=[], description="What must hold before.")
    effects: list[Effect] = Key(default=[], description="What follows, in order.")

    def plain(self) -> Any:
        """A single state, actor or requirement without brackets."""
        data = dict(self._plain_items())
        for key in ("from", "by"):
            if key in data:
                data[key] = plain_listed(data[key])
        if "require" in data:
            data["require"] = plain_requirements(data["require"])
        return data


class States(Node):
    """The states of a row; the field is read-only, transitions change it."""

    field: str = Key(default="status", description="The name of the field.")
    initial: str = Key(description="The state of a new row.")
    was: dict[str, str] = Key(default={}, description="What renamed states were called before.")
    transitions: dict[str, Transition] = Key(default={}, description="The actions.")


class Members(Node):
    """Makes an entity a place with members."""

    through: str = Key(description="The entity whose rows say who is a member.")
    user: str = Key(default="user", description="Its relation to User.")
    role: str | None = Key(default=None, description="Its enum field with the member's role.")
    join: Literal["open", "closed"] = Key(
        default="closed", description="Whether people may join by themselves."
    )


class Entity(Node):
    """One entity."""

    description: str = Key(default="", description="What it is, for people.")
    was: str | None = Key(default=None, description="Its name before a rename.")
    plural: str | None = Key(default=None, description="Its plural, where it is irregular.")
    shared: bool = Key(default=False, description="Whether it belongs to no tenant.")
    append_only: bool = Key(default=False, description="Whether rows never change.")
    guarded: bool = Key(default=False, description="Whether writes need If-Match.")
    part_of: str | None = Key(
        default=None, description="The relation to the row that it lives and dies with."
    )
    place: str | None = Key(
        default=None, description="The path to the entity with members that it belongs to."
    )
    owner: str | None = Key(default=None, description="The relation to User: whose row it is.")
    upsert: list[str] = Key(
        default=[], description="Creating a row that agrees in these replaces the present one."
    )
    sort: Listed = Key(default=[], description="The order of lists, e.g. -created_at.")
    limits: dict[str, str] = Key(
        default={}, description="Rate limits of actions, e.g. create: 10 per minute."
    )
    fields: dict[str, Field] = Key(default={}, description="Its fields.")
    relations: dict[str, Relation] = Key(default={}, description="Its relations.")
    members: Members | None = Key(default=None, description="Makes it a place with members.")
    states: States | None = Key(default=None, description="Its states and transitions.")
    rules: list[Rule] = Key(default=[], description="What must hold for its rows.")
    effects: list[EntityEffect] = Key(default=[], description="What follows a write.")
    access: Access = Key(default=Access(), description="Who may do what.")

    def plain(self) -> Any:
        """A single sort key without brackets."""
        data = dict(self._plain_items())
        if "sort" in data:
            data["sort"] = plain_listed(data["sort"])
        return data

"""Everything that is worked out once about an entity and used by several of its modules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.resolved import (
    Application,
    Entity,
    Field,
    FieldType,
    Unique,
)
from local_engine.generator.emit.fastapi.entities.access import AccessRules
from local_engine.generator.emit.fastapi.entities.schemas import Member, Schemas
from local_engine.generator.emit.fastapi.resources import Resource, Resources
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.fastapi.sql.text import TRUE


@dataclass(frozen=True, eq=False)
class Plan:
    """One entity with its access and schemas. `resources` are those of the whole application."""

    resources: Resources
    resource: Resource

    @property
    def application(self) -> Application:
        """The application."""
        return self.resources.application

    @property
    def entity(self) -> Entity:
        """The entity."""
        return self.resource.entity

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that exist."""
        return self.entity.actions

    @cached_property
    def access(self) -> AccessRules:
        """Who may do what."""
        return AccessRules(self.application, self.resource)

    @cached_property
    def schemas(self) -> Schemas:
        """What clients send and get."""
        return Schemas(self.application, self.resource)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """What clients may send."""
        return self.schemas.members

    @property
    def row(self) -> Row:
        """The row in statements about the entity's own table."""
        return Row.of(self.application, self.entity)

    @property
    def keys(self) -> tuple[str, ...]:
        """The variables with the ids that the path names before the row's own."""
        return tuple(step.resource.key for step in self.resource.steps)

    @property
    def nested(self) -> bool:
        """Whether paths to the collection go through a tenant or parents."""
        return self.access.within != TRUE

    @cached_property
    def files(self) -> tuple[Field, ...]:
        """The fields that hold files."""
        return tuple(f for f in self.entity.fields.values() if f.type is FieldType.FILE)

    @cached_property
    def references(self) -> tuple[Member, ...]:
        """The references that clients may send."""
        return tuple(member for member in self.members if member.relation is not None)

    @property
    def changeable_references(self) -> tuple[Member, ...]:
        """The references that clients may send to change a row."""
        return tuple(member for member in self.references if not member.immutable)

    @property
    def writes_inside(self) -> bool:
        """Whether files or links are written along with the row."""
        return bool(self.files or self.entity.links) and not self.entity.access["update"].nobody

    @property
    def locks_for_update(self) -> bool:
        """Whether a request locks a row to change it, its files or its links."""
        return "update" in self.actions or self.writes_inside

    @property
    def has_list(self) -> bool:
        """Whether the entity has a list of its own."""
        return "list" in self.actions

    @property
    def fed(self) -> bool:
        """Whether a feed lists its rows."""
        return any(feed.entity == self.entity.name for feed in self.application.feeds.values())

    @property
    def below_readable(self) -> bool:
        """Whether lists of other entities hang below rows of this one."""
        if self.entity.links:
            return True
        below = (self.plan_of(many.of) for many in self.entity.to_many.values())
        return any(plan.has_list and plan.entity.part_of is None for plan in below)

    @property
    def upsert_rule(self) -> str:
        """The id of the rule that no two rows agree in the names of `upsert`."""
        names = set(self.entity.upsert)
        for rule in self.entity.rules:
            if isinstance(rule, Unique) and set(rule.names) == names and rule.where is None:
                return rule.id
        return f"{self.resource.singular}.upsert"

    @cached_property
    def guarded_members(self) -> tuple[Member, ...]:
        """Members that only some actors may send."""
        return tuple(member for member in self.members if member.guarded)

    @property
    def changeable_guarded(self) -> tuple[Member, ...]:
        """Members that only some actors may send to change a row."""
        return tuple(member for member in self.guarded_members if not member.immutable)

    def plan_of(self, name: str) -> Plan:
        """The plan of another entity."""
        return Plan(self.resources, self.resources[name])

"""Who may do what in a planned world: access conditions, decided for planned rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_engine.generator.blueprint.resolved import (
    Access,
    Application,
    Authenticated,
    Clause,
    Entity,
    HasRole,
    Member,
    Public,
    UserAt,
)
from local_engine.generator.emit.fastapi.samples.planned import Person, Row, follow_in, holds


class Admission:
    """The rows and members that are planned so far, and what they let people do."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._rows: dict[str, Row | None] = {}
        self._members: dict[tuple[str, str], Row] = {}

    def may_create(
        self,
        person: Person,
        entity: Entity,
        values: Mapping[str, Any],
        above: tuple[Row, ...],
    ) -> bool:
        """Whether the person may create the row, and read it then."""
        if entity.writes_through_parent:
            return self.admits(person, above[-1], "update") and self.admits(
                person, above[-1], "read"
            )
        return any(
            self._clause(clause, person, entity, values, creating=True)
            for clause in entity.access["create"].clauses
        )

    def admits(self, person: Person | None, row: Row, action: str) -> bool:
        """Whether somebody (None: a stranger without roles) may do this with a planned row."""
        entity = row.resource.entity
        reads = action in ("list", "read")
        if entity.reads_through_parent if reads else entity.writes_through_parent:
            return self.admits(person, row.above[-1], "read" if reads else "update")
        if row.resource.tenant is not None and not self._may_enter_as(person, row.above):
            return False
        part = row.resource.parent is not None
        if reads and part and not self.admits(person, row.above[-1], "read"):
            return False
        return any(
            self._clause(clause, person, entity, row.values, creating=False)
            for clause in entity.access[action].clauses
        )

    def admitted_by(self, access: Access, person: Person, row: Row | None) -> bool:
        """Whether an action is for somebody; without a row: one that is about none."""
        if row is not None:
            entity, values = row.resource.entity, row.values
            return any(
                self._clause(clause, person, entity, values, creating=False)
                for clause in access.clauses
            )
        return any(
            clause.condition is None
            and (
                isinstance(clause.actor, Public | Authenticated)
                or (isinstance(clause.actor, HasRole) and clause.actor.role in person.roles)
            )
            for clause in access.clauses
        )

    def _may_enter(self, creator: Person, above: tuple[Row, ...]) -> bool:
        """Whether the creator is a member of the tenant of the path."""
        tenancy = self.application.tenancy
        if tenancy is None or not above or above[0].resource.name != tenancy.tenant:
            return True
        return above[0].creator is creator or (creator.name, tenancy.tenant) in self._members

    def _may_enter_as(self, person: Person | None, above: tuple[Row, ...]) -> bool:
        return person is not None and self._may_enter(person, above)

    def _clause(
        self,
        clause: Clause,
        person: Person | None,
        entity: Entity,
        values: Mapping[str, Any],
        *,
        creating: bool,
    ) -> bool:
        condition = clause.condition
        if condition is not None and not holds(condition, values, person):
            return False
        match clause.actor:
            case Public() | Authenticated():
                return True
            case HasRole(role):
                return person is not None and role in person.roles
            case UserAt(path):
                if creating and path == (entity.owner,):
                    return True
                return person is not None and follow_in(values, path) is person
            case Member(path, place, role):
                target = follow_in(values, path) if path else None
                return person is not None and self._is_member(person, place, target, role)

    def _is_member(self, person: Person, place: str, target: Any, role: str | None) -> bool:
        """Whether somebody is a planned member of a planned place."""
        entity = self.application.entities[place]
        if target is None:
            target = self._rows.get(place)
        if not isinstance(target, Row):
            return False
        if entity.owner is not None and target.values.get(entity.owner) is person:
            return True
        members = entity.members
        if members is None:
            return False
        if target.creator is person and members.creator_role is not None:
            return role in (None, members.creator_role)
        membership = self._members.get((person.name, place))
        if membership is None or members.role_field is None:
            return membership is not None and role is None
        return role is None or membership.values[members.role_field] == role

"""Who may do what to which row: docs/blueprint.md, §8 and §9, read word by word."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import (
    Access,
    Authenticated,
    Clause,
    Entity,
    HasRole,
    Member,
    Members,
    Public,
    UserAt,
)
from local_engine.verification.model.outcome import Refused
from local_engine.verification.model.scope import View
from local_engine.verification.model.store import Row


@dataclass(frozen=True)
class Subject:
    """Who asks: `id` is empty for an anonymous request; `roles` are those of the token."""

    id: str = ""
    roles: tuple[str, ...] = ()

    @property
    def signed_in(self) -> bool:
        """Whether there is an account behind the request."""
        return bool(self.id)


@dataclass(frozen=True)
class Judge:
    """Decides about access as things are in one view."""

    view: View
    subject: Subject

    def admits(self, access: Access, row: Row | None) -> bool:
        """Whether some clause admits the subject (to this row)."""
        return any(self.clause_admits(clause, row) for clause in access.clauses)

    def clause_admits(self, clause: Clause, row: Row | None) -> bool:
        """Whether one clause admits the subject; without a row only what needs none."""
        if row is None and clause.row_level:
            return False
        if not self._is(clause, row):
            return False
        return clause.condition is None or self.view.holds(
            clause.condition, row, user=self.view.user(self.subject.id)
        )

    def _is(self, clause: Clause, row: Row | None) -> bool:
        match clause.actor:
            case Public():
                return True
            case Authenticated():
                return self.subject.signed_in
            case HasRole(role):
                return role in self.subject.roles
            case UserAt(path):
                found = self.view.follow(row, path)
                return self.subject.signed_in and found is not None and found.id == self.subject.id
            case Member(path, place, role):
                return self.is_member(place, self.view.follow(row, path), role)

    def is_member(self, place_entity: str, place: Row | None, role: str | None = None) -> bool:
        """Whether the subject is a member (with that role) of the place."""
        entity = self.view.application.entities[place_entity]
        if place is None or not self.subject.signed_in or entity.members is None:
            return False
        if entity.owner and place.values.get(entity.owner) == self.subject.id:
            return True
        return any(
            self._is_own(entity.members, row, place)
            and (role is None or row.values.get(entity.members.role_field or "") == role)
            for row in self.view.store.rows(entity.members.through)
        )

    def _is_own(self, members: Members, row: Row, place: Row) -> bool:
        return (
            row.values.get(members.place_relation) == place.id
            and row.values.get(members.user_relation) == self.subject.id
        )

    def in_tenant(self, row: Row | None) -> bool:
        """Whether the subject is a member of the tenant."""
        tenancy = self.view.application.tenancy
        return tenancy is not None and self.is_member(tenancy.tenant, row)

    def may(self, action: str, row: Row) -> bool:
        """Whether the subject may do `action` to the row, which it also must be able to read."""
        entity = self.view.application.entities[row.entity]
        if action != "read" and not self.readable(row):
            return False
        return self._action_admits(entity, action, row)

    def readable(self, row: Row) -> bool:
        """Whether the row exists for the subject."""
        entity = self.view.application.entities[row.entity]
        if not self._tenant_visible(entity, row):
            return False
        parent = self.parent(row)
        if entity.part_of and (parent is None or not self.readable(parent)):
            return False
        return self._action_admits(entity, "read", row)

    def _tenant_visible(self, entity: Entity, row: Row) -> bool:
        tenancy = self.view.application.tenancy
        if tenancy is None or not entity.tenanted:
            return True
        return self.in_tenant(self.view.get(row, tenancy.relation))

    def _action_admits(self, entity: Entity, action: str, row: Row) -> bool:
        through = self.through_parent(entity, action)
        if through is not None:
            parent = self.parent(row)
            return parent is not None and self.may(through, parent)
        return self.admits(entity.access[action], row)

    def through_parent(self, entity: Entity, action: str) -> str | None:
        """The parent's action that decides about this one, None where the entity says its own."""
        if entity.part_of is None:
            return None
        if action in ("list", "read"):
            return "read" if entity.reads_through_parent else None
        return "update" if entity.writes_through_parent else None

    def parent(self, row: Row) -> Row | None:
        """The row that this one is a part of."""
        entity = self.view.application.entities[row.entity]
        if entity.part_of is None:
            return None
        found: Row | None = self.view.get(row, entity.part_of)
        return found

    def sees(self, access: Access | None, row: Row | None) -> bool:
        """Whether `visible_to` (or `editable_by`) lets the subject."""
        return access is None or self.admits(access, row)

    def need_account(self, access: Access) -> None:
        """Refuse an anonymous request unless some clause is public."""
        if not self.subject.signed_in and not access.admits_anonymous:
            raise Refused(401, why="anonymous, and nothing of it is public")

    def need(self, action: str, row: Row) -> None:
        """Refuse unless the subject may do the action to the row."""
        if not self.readable(row):
            raise Refused(404, why="the row does not exist for this actor")
        if not self._action_admits(self.view.application.entities[row.entity], action, row):
            raise self.forbidden(f"{action} is not for this actor")

    def forbidden(self, why: str) -> Refused:
        """The refusal of something that the subject knows of but may not do."""
        if self.subject.signed_in:
            return Refused(403, why=why)
        return Refused(401, 403, why=why)

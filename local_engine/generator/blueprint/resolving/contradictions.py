"""Finds access that contradicts itself, and says who may do nothing."""

from __future__ import annotations

from collections.abc import Iterator, Set

from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolved import (
    ACTIONS,
    Access,
    Application,
    Authenticated,
    Entity,
    Field,
    HasRole,
    Public,
    ToOne,
)
from local_engine.generator.blueprint.resolving.context import Context

_WRITES = ("update", "delete")


def check_access(context: Context, application: Application, made: Set[str]) -> None:
    """Notes contradictions as errors, missing actions as warnings; effects create `made`."""
    for entity in application.own_entities:
        _EntityAccess(context, application, entity, made).check()


class _EntityAccess:
    def __init__(
        self, context: Context, application: Application, entity: Entity, made: Set[str]
    ) -> None:
        self._context = context
        self._application = application
        self._entity = entity
        self._all_made = made
        self._said = context.blueprint.entities[entity.name].access
        self._path: Path = ("entities", entity.name, "access")

    def check(self) -> None:
        """Looks at all actions."""
        self._missing()
        self._without_read()
        self._unused_rules()
        self._creation()
        self._owner()
        self._members()

    def _error(self, path: Path, message: str) -> None:
        self._context.error(path, "contradiction", message, at_key=True)

    def _missing(self) -> None:
        entity = self._entity
        through = {
            "list": entity.reads_through_parent,
            "read": entity.reads_through_parent,
            "create": entity.writes_through_parent,
            "update": entity.writes_through_parent,
            "delete": entity.writes_through_parent,
        }
        for action in ACTIONS:
            never = (entity.append_only and action in _WRITES) or (
                entity.name in self._all_made and action == "create"
            )
            if getattr(self._said, action) is None and not through[action] and not never:
                message = f"Nobody may {action} rows of {entity.name}: `access` does not say who."
                self._context.warning(self._path, "nobody", message)

    def _without_read(self) -> None:
        entity = self._entity
        read = entity.access["read"]
        actions = {action: entity.access[action] for action in ("list", *_WRITES)}
        if entity.states is not None:
            for name, transition in entity.states.transitions.items():
                actions[name] = transition.access
        for action, access in actions.items():
            path: Path = (*self._path, action)
            if action not in ACTIONS:
                path = ("entities", entity.name, "states", "transitions", action, "by")
            if access.nobody:
                continue
            if read.nobody:
                self._error(path, f"Whoever may {action} rows must be able to `read` them too.")
                continue
            for clause in access.clauses:
                if not _may_read(clause.actor, read):
                    message = f"`{clause.written}` may {action} but never read a row."
                    self._error(path, message)

    def _unused_rules(self) -> None:
        entity = self._entity
        if entity.append_only:
            for action in _WRITES:
                if getattr(self._said, action) not in (None, ["nobody"]):
                    message = f"Rows are append_only, so nobody can {action} them."
                    self._error((*self._path, action), message)
            if entity.states is not None:
                path: Path = ("entities", entity.name, "states")
                self._error(path, "Rows are append_only, so their state could never change.")
        if entity.upsert and entity.access["create"].nobody:
            path = ("entities", entity.name, "upsert")
            self._error(path, "Nobody may create a row, so none is ever replaced.")

    def _creation(self) -> None:
        """Whoever may create must be able to give what is required."""
        entity = self._entity
        create = entity.access["create"]
        if create.nobody:
            return
        if entity.owner is not None and create.admits_anonymous:
            message = "An anonymous creator could not become the owner: use `authenticated`."
            self._error((*self._path, "create"), message)
        for relation in entity.to_one.values():
            self._referable(relation, create)

    def _referable(self, relation: ToOne, create: Access) -> None:
        """A required reference must lead to rows that somebody who creates may read."""
        entity, target = self._entity, self._application.entities[relation.to]
        given = relation.name not in (entity.owner, entity.part_of) and not relation.implicit
        if given and not relation.optional and target.access["read"].nobody:
            path: Path = ("entities", entity.name, "relations", relation.name)
            message = (
                f"Nobody may read a {target.name}, so nobody could ever name one when creating a"
                f" {entity.name}."
            )
            self._error(path, message)
        del create

    def _owner(self) -> None:
        """An owner who is never set: rows that only effects or nobody signed in create."""
        entity = self._entity
        if entity.owner is None:
            return
        relation = entity.to_one[entity.owner]
        if relation.optional:
            path: Path = ("entities", entity.name, "relations", entity.owner, "optional")
            message = "Every row has an owner, set at creation: `optional` has no use."
            self._error(path, message)

    def _members(self) -> None:
        """A place that nobody can ever become a member of."""
        members = self._entity.members
        if members is None or members.creator_role is not None:
            return
        through = self._application.entities[members.through]
        if through.access["create"].nobody and through.name not in self._all_made:
            path: Path = ("entities", self._entity.name, "members", "through")
            message = f"Nobody can become a member: nobody may create a {through.name}."
            self._error(path, message)


def _may_read(actor: object, read: Access) -> bool:
    """Whether somebody who is this actor may be admitted to read some row."""
    if isinstance(actor, Public):
        return any(isinstance(clause.actor, Public) for clause in read.clauses)
    for clause in read.clauses:
        wide = isinstance(clause.actor, Public | Authenticated)
        # A role or a member may be an owner as well; only two different roles exclude each other
        # where nothing else admits.
        if wide or clause.row_level or not isinstance(actor, HasRole):
            return True
        if isinstance(clause.actor, HasRole) and clause.actor.role == actor.role:
            return True
    return False


def unused(application: Application) -> Iterator[str]:
    """Roles that no clause names."""
    used: set[str] = set()
    for access in _all_accesses(application):
        used |= {
            clause.actor.role for clause in access.clauses if isinstance(clause.actor, HasRole)
        }
    yield from (
        role
        for role in application.accounts.roles
        if role not in used and role not in ("admin", application.accounts.default_role)
    )


def _all_accesses(application: Application) -> Iterator[Access]:
    for entity in application.own_entities:
        yield from entity.access.values()
        members: list[Field | ToOne] = [*entity.fields.values(), *entity.to_one.values()]
        for member in members:
            yield from filter(None, (member.editable_by, member.visible_to))
        if entity.states is not None:
            yield from (found.access for found in entity.states.transitions.values())
    for part in (application.operations, application.reports, application.feeds):
        yield from (found.access for found in part.values())

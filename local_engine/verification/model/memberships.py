"""Plans memberships: tenants with their members, and people who join a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import Application, Entity, Members, Tenancy
from local_engine.verification.actors import Actor
from local_engine.verification.model.journeys import change
from local_engine.verification.model.store import Row
from local_engine.verification.world import CannotMake

if TYPE_CHECKING:
    from local_engine.verification.model.maker import Maker

HOME_OWNER = "tenant:owner"
FOREIGN_OWNER = "foreign"


def make_full_tenant(maker: Maker, tenancy: Tenancy) -> Row:
    """Plan a tenant with a member of each role."""
    tenant = make_tenant(maker, tenancy, HOME_OWNER)
    members = maker.application.entities[tenancy.tenant].members
    for role in members.roles if members else ():
        join(maker, maker.cast[f"member:{role}"], tenant, role)
    return tenant


def make_tenant(maker: Maker, tenancy: Tenancy, owner: str) -> Row:
    """Plan a tenant that an account of this kind creates."""
    return maker.make(tenancy.tenant, {}, maker.cast[owner], only=True)


def make_foreign(maker: Maker, tenancy: Tenancy) -> Row:
    """The tenant of somebody else, planned when it is needed first."""
    judge = maker.judge(maker.cast[FOREIGN_OWNER])
    members = maker.application.entities[tenancy.tenant].members
    role = members.creator_role if members else None
    for row in maker.sketch.model.store.rows(tenancy.tenant):
        if judge.is_member(tenancy.tenant, row, role):
            return row
    return make_tenant(maker, tenancy, FOREIGN_OWNER)


def is_membership(application: Application, entity: str) -> bool:
    """Whether rows of an entity say who is a member of a tenant."""
    tenancy = application.tenancy
    members = application.entities[tenancy.tenant].members if tenancy else None
    return members is not None and members.through == entity


def find(maker: Maker, tenant: str, where: Expression | None) -> Row | None:
    """A membership that is there already: there are no more than there are accounts."""
    tenancy, view = maker.application.tenancy, maker.sketch.model.view
    members = maker.application.entities[tenancy.tenant].members if tenancy else None
    if tenancy is None or members is None:
        return None
    for row in maker.sketch.model.store.rows(members.through):
        inside = row.values.get(tenancy.relation) == tenant
        if inside and (where is None or view.holds(where, row)):
            return row
    return None


def join(maker: Maker, actor: Actor, place: Row, role: str | None = None) -> bool:
    """Plan that the actor is a member of the place (with that role); False if impossible."""
    members = maker.application.entities[place.entity].members
    if members is None:
        return False
    if maker.judge(actor).is_member(place.entity, place, role):
        return True
    row = _membership(maker, actor, place, members) or _enrol(maker, actor, place, role, members)
    if row is None:
        return False
    if role is None or row.values.get(members.role_field or "") == role:
        return True
    return change(maker, row, {members.role_field or "": role})


def _membership(maker: Maker, actor: Actor, place: Row, members: Members) -> Row | None:
    for row in maker.sketch.model.store.rows(members.through):
        in_place = row.values.get(members.place_relation) == place.id
        if in_place and row.values.get(members.user_relation) == actor.id:
            return row
    return None


def _enrol(
    maker: Maker, actor: Actor, place: Row, role: str | None, members: Members
) -> Row | None:
    through = maker.application.entities[members.through]
    values: dict[str, Any] = {members.place_relation: place.id}
    own = through.owner == members.user_relation
    if not own:
        values[members.user_relation] = actor.id
    for wanted in _with_role(values, members, role):
        row = _try(maker, through, wanted, actor if own else None)
        if row is not None:
            return row
    return None


def _with_role(values: dict[str, Any], members: Members, role: str | None) -> list[dict[str, Any]]:
    if members.role_field is None or role is None:
        return [values]
    return [{**values, members.role_field: role}, values]


def _try(maker: Maker, through: Entity, values: dict[str, Any], actor: Actor | None) -> Row | None:
    mark = maker.sketch.mark()
    try:
        return maker.make(through.name, values, actor, only=actor is not None, depth=0)
    except CannotMake:
        maker.sketch.back_to(mark)
        return None

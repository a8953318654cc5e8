"""Rows that a body refers to: there, readable for the one who asks, and fitting (§5, §9)."""

from __future__ import annotations

from collections.abc import Iterable

from local_engine.generator.blueprint.resolved import USER, Entity, ToOne
from local_engine.verification.model.access import Judge, Subject
from local_engine.verification.model.outcome import Refused
from local_engine.verification.model.scope import View
from local_engine.verification.model.store import Row


def user_fits(judge: Judge, user: Row, tenant: Row | None) -> bool:
    """Whether a reference may lead to this user: active and, in a tenant, a member of it."""
    if not user.values.get("active", True):
        return False
    return tenant is None or Judge(judge.view, Subject(user.id)).in_tenant(tenant)


def in_tenant(view: View, row: Row, tenant: Row | None) -> bool:
    """Whether the row belongs to the tenant, or to none."""
    tenancy = view.application.tenancy
    if tenancy is None or tenant is None:
        return True
    if row.entity == tenancy.tenant:
        return row.id == tenant.id
    entity = view.application.entities[row.entity]
    return not entity.tenanted or row.values.get(tenancy.relation) == tenant.id


def check_references(judge: Judge, row: Row, names: Iterable[str]) -> None:
    """Refuse with 422 unless the named relations of a row lead to rows that it may refer to."""
    entity = judge.view.application.entities[row.entity]
    wrong = [
        f"{name}_id"
        for name in names
        if row.values.get(name) is not None and not _fits(judge, entity, entity.to_one[name], row)
    ]
    if wrong:
        raise Refused(422, why="a reference to a row that is not there for it", fields=wrong)


def _fits(judge: Judge, entity: Entity, relation: ToOne, row: Row) -> bool:
    view = judge.view
    target = view.get(row, relation.name)
    tenancy = view.application.tenancy
    if target is None:
        return False
    tenant = view.get(row, tenancy.relation) if tenancy and entity.tenanted else None
    if relation.to == USER:
        return user_fits(judge, target, None if _is_membership(view, entity) else tenant)
    return (
        in_tenant(view, target, tenant)
        and judge.readable(target)
        and meets_conditions(view, relation, row)
    )


def meets_conditions(view: View, relation: ToOne, row: Row) -> bool:
    """Whether `where` and `same` of the relation hold."""
    target = view.get(row, relation.name)
    if target is None:
        return True
    if relation.where is not None and not view.holds(relation.where, target):
        return False
    if relation.same is None:
        return True
    own, other = view.follow(row, relation.same), view.follow(target, relation.same)
    return _identity(own) == _identity(other)


def _identity(value: object) -> object:
    return value.key if isinstance(value, Row) else value


def _is_membership(view: View, entity: Entity) -> bool:
    tenancy = view.application.tenancy
    if tenancy is None:
        return False
    members = view.application.entities[tenancy.tenant].members
    return members is not None and members.through == entity.name

"""Access as conditions in SQL: who may do what with a row (docs/blueprint.md §8).

Conditions refer to `%(actor)s`, the signed-in user's id or null, and `%(roles)s`, the list of the
user's roles. An actor that is nobody meets none of them but `public`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from local_engine.generator.blueprint.resolved import (
    Access,
    Actor,
    Authenticated,
    Clause,
    Entity,
    HasRole,
    Member,
    Members,
    Public,
    UserAt,
)
from local_engine.generator.emit.fastapi.sql.expressions import condition_sql
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.fastapi.sql.text import TRUE, all_of, any_of
from local_engine.generator.emit.relational.names import literal

ACTOR = "%(actor)s"
"""The signed-in user in comparisons, which tell its type."""
SIGNED_IN = "%(actor)s::uuid IS NOT NULL"


def admits(access: Access, row: Row) -> str:
    """The condition that holds where one of the clauses admits the actor."""
    return any_of(_conditions(access.clauses, row))


def admits_at_creation(access: Access, row: Row) -> str:
    """As `admits`, for a row that does not exist yet: whoever creates it will be its owner."""
    own = (row.entity.owner,)
    clauses = (
        Clause(Authenticated(), clause.condition, clause.written)
        if isinstance(clause.actor, UserAt) and clause.actor.path == own
        else clause
        for clause in access.clauses
    )
    return admits(Access(tuple(clauses)), row)


def _conditions(clauses: Iterable[Clause], row: Row) -> Iterator[str]:
    """The conditions of the clauses; roles, and roles of members of one place, are put together."""
    plain = [clause.actor for clause in clauses if clause.condition is None]
    roles = [actor.role for actor in plain if isinstance(actor, HasRole)]
    members: dict[tuple[str, tuple[str, ...]], list[str | None]] = {}
    for actor in plain:
        if isinstance(actor, Member):
            members.setdefault((actor.place, actor.path), []).append(actor.role)
    for clause in clauses:
        actor = clause.actor
        if clause.condition is not None:
            found = actor_condition(actor, row)
            yield all_of((found, condition_sql(clause.condition, row)))
        elif isinstance(actor, HasRole):
            yield has_role(roles)
        elif isinstance(actor, Member):
            place = row.application.entities[actor.place]
            yield from member_conditions(row, actor.path, place, members[actor.place, actor.path])
        else:
            yield actor_condition(actor, row)


def actor_condition(actor: Actor, row: Row) -> str:
    """The condition that the signed-in user is this actor for the row."""
    match actor:
        case Public():
            return TRUE
        case Authenticated():
            return SIGNED_IN
        case HasRole(role):
            return has_role([role])
        case UserAt(path):
            return f"{row.path(path)} = {ACTOR}"
        case Member(path, place, role):
            return any_of(member_conditions(row, path, row.application.entities[place], [role]))


def has_role(roles: Sequence[str]) -> str:
    """The signed-in user has one of these roles."""
    listed = ", ".join(literal(role) for role in dict.fromkeys(roles))
    if len(set(roles)) == 1:
        return f"{listed} = ANY(%(roles)s)"
    return f"%(roles)s::text[] && ARRAY[{listed}]"


def member_conditions(
    row: Row, path: tuple[str, ...], place: Entity, roles: Sequence[str | None]
) -> Iterator[str]:
    """The actor is a member of the place that the path leads to, with one of the roles; or owns it.

    A role None stands for any.
    """
    assert place.members is not None
    yield _membership(row, row.path(path), place.members, roles)
    if place.owner is not None:
        yield f"{row.path((*path, place.owner))} = {ACTOR}"


def _membership(row: Row, place_id: str, members: Members, roles: Sequence[str | None]) -> str:
    inner = row.inner(row.application.entities[members.through])
    conditions = [
        f"{inner.value(members.place_relation)} = {place_id}",
        f"{inner.value(members.user_relation)} = {ACTOR}",
    ]
    if None not in roles and members.role_field is not None:
        listed = [literal(role) for role in dict.fromkeys(roles) if role is not None]
        test = f"= {listed[0]}" if len(listed) == 1 else f"IN ({', '.join(listed)})"
        conditions.append(f"{inner.value(members.role_field)} {test}")
    where = "\n      AND ".join(conditions)
    return f"EXISTS (\n    SELECT {inner.source}\n    WHERE {where}\n)"


def tenant_condition(row: Row) -> str:
    """The actor is a member of the tenant that the row belongs to."""
    tenancy = row.application.tenancy
    assert tenancy is not None
    tenant = row.application.entities[tenancy.tenant]
    return any_of(member_conditions(row, (tenancy.relation,), tenant, [None]))


def readable(row: Row, parent_readable: str | None) -> str:
    """The row may be read. `parent_readable` is the condition on the row that it is a part of."""
    conditions = [] if parent_readable is None else [parent_readable]
    if row.entity.tenanted and parent_readable is None:
        conditions.append(tenant_condition(row))
    if not row.entity.reads_through_parent:
        conditions.append(admits(row.entity.access["read"], row))
    return all_of(conditions)


def referable_user(row: Row, referring: Entity) -> list[str]:
    """The user may be referred to by a row of `referring`: active, and a member of its tenant.

    These are conditions for a WHERE, in which they stand one below the other.

    The tenant is the parameter that the path gives; the membership itself may name anybody.
    """
    application = row.application
    tenancy = application.tenancy
    active = f"{row.alias}.active"
    if tenancy is None or not referring.tenanted:
        return [active]
    members = application.entities[tenancy.tenant].members
    if members is None or referring.name == members.through:
        return [active]
    inner = row.inner(application.entities[members.through])
    place, user = inner.value(members.place_relation), inner.value(members.user_relation)
    member = (
        f"EXISTS (\n      SELECT {inner.source}\n"
        f"      WHERE {place} = %({tenancy.relation}_id)s AND {user} = {row.id}\n  )"
    )
    return [active, member]

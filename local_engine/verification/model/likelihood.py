"""What is worth a try at all: actors who may pass, and fields that a body usually has."""

from __future__ import annotations

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Access, Field, HasRole, Member
from local_engine.verification.actors import Actor
from local_engine.verification.model.access import Judge
from local_engine.verification.model.store import Row


def possible(
    access: Access, judge: Judge, actor: Actor, tenant: Row | None = None
) -> Iterator[bool]:
    """For each clause, whether the actor might be meant.

    Without a row only roles can be told, and who is a member of the `tenant`.
    """
    for clause in access.clauses:
        match clause.actor:
            case HasRole(role):
                yield role in actor.roles
            case Member(_, place, role) if tenant is not None and tenant.entity == place:
                yield judge.is_member(place, tenant, role)
            case _:
                yield True


def is_usual(declared: Field) -> bool:
    """Whether a body has this field as a rule: what nobody need say is left out."""
    if declared.required_on_create:
        return True
    return declared.editable_by is None and declared.optional and declared.default is None

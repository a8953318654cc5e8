"""What is worth a try at all: actors who may pass, and fields that a body usually has."""

from __future__ import annotations

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Access, Field, HasRole
from local_engine.verification.actors import Actor


def possible(access: Access, actor: Actor) -> Iterator[bool]:
    """For each clause, whether the actor might be meant; only roles can be told without a row."""
    for clause in access.clauses:
        if isinstance(clause.actor, HasRole):
            yield clause.actor.role in actor.roles
        else:
            yield True


def is_usual(declared: Field) -> bool:
    """Whether a body has this field as a rule: what nobody need say is left out."""
    if declared.required_on_create:
        return True
    return declared.editable_by is None and declared.optional and declared.default is None

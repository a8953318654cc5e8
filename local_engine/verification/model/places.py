"""The rows that a path leads along: the tenant, the wholes that a part is in, the row itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Access, Entity
from local_engine.verification.model.access import Judge
from local_engine.verification.model.outcome import Refused
from local_engine.verification.model.references import in_tenant
from local_engine.verification.model.routing import Match, Step
from local_engine.verification.model.store import Row
from local_engine.verification.model.transaction import Transaction

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Place:
    """What a path leads to: the row before the last segment (`parent`) and the row itself."""

    parent: Row | None = None
    row: Row | None = None


def effective_access(judge: Judge, entity: Entity, action: str) -> Access:
    """The clauses that decide about an action, the parent's where the entity says nothing."""
    through = judge.through_parent(entity, action)
    if through is None or entity.part_of is None:
        return entity.access[action]
    parent = judge.view.application.entities[entity.to_one[entity.part_of].to]
    return effective_access(judge, parent, through)


def locate(transaction: Transaction, match: Match, *, own: bool) -> Place:
    """Follow the path; refuses with 404 as soon as a step does not exist for the subject.

    With `own` the last step names the row that the request is about: whether it is readable is
    not asked here.
    """
    steps = _enter_tenant(transaction, match)
    parent: Row | None = None
    for step in steps[:-1] if own else steps:
        parent = _step(transaction, step, parent)
        if not transaction.judge.readable(parent):
            raise Refused(404, why=f"this {parent.entity} does not exist for the actor")
    row = _step(transaction, steps[-1], parent) if own else None
    return Place(parent, row)


def _enter_tenant(transaction: Transaction, match: Match) -> list[Step]:
    """The steps after the tenant's; refuses who is not a member of it."""
    tenancy = transaction.application.tenancy
    steps = list(match.steps)
    if tenancy is None or not steps or steps[0].name != f"{{{tenancy.relation}_id}}":
        return steps
    row = transaction.store.find(tenancy.tenant, steps[0].value)
    if row is None or not transaction.judge.in_tenant(row):
        raise _not_there(steps[0])
    transaction.tenant = row
    return steps[1:]


def _step(transaction: Transaction, step: Step, parent: Row | None) -> Row:
    entity = transaction.application.entities[step.entity]
    row = transaction.store.find(entity.name, step.value)
    if row is None or not in_tenant(transaction.view, row, transaction.tenant):
        raise _not_there(step)
    if entity.part_of and parent is not None and row.values.get(entity.part_of) != parent.id:
        raise _not_there(step)
    return row


def _not_there(step: Step) -> Refused:
    if _UUID.fullmatch(step.value):
        return Refused(404, why="the row is not there")
    return Refused(404, 422, why="that is no id")

"""Relations that decide access cannot change: marks them immutable (docs/blueprint.md §5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from local_engine.generator.blueprint.resolved import Access, Entity, Field, Member, ToOne, UserAt
from local_engine.generator.blueprint.resolving.context import Context


def settle(context: Context, entities: Mapping[str, Entity]) -> dict[str, Entity]:
    """The entities with all relations immutable that decide about access or copies."""
    fixed: dict[str, set[str]] = defaultdict(set)
    for name, entity in entities.items():
        fixed[name].update(_fixed(entity))
        if entity.members is not None:
            relations = {entity.members.place_relation, entity.members.user_relation}
            fixed[entity.members.through] |= relations
    return {
        name: _with_immutable(context, entity, fixed[name]) for name, entity in entities.items()
    }


def _with_immutable(context: Context, entity: Entity, names: set[str]) -> Entity:
    relations = dict(entity.to_one)
    for name in names & set(relations):
        if relations[name].editable_by is not None and not relations[name].optional:
            path = ("entities", entity.name, "relations", name, "editable_by")
            message = f"`{name}` decides about access and never changes: leave `editable_by` out."
            context.error(path, "contradiction", message, at_key=True)
        relations[name] = replace(relations[name], immutable=True)
    return replace(entity, to_one=relations)


def _fixed(entity: Entity) -> Iterator[str]:
    if entity.owner is not None:
        yield entity.owner
    if entity.part_of is not None:
        yield entity.part_of
    if entity.place_path:
        yield entity.place_path[0]
    for field in entity.fields.values():
        if field.copied_from is not None:
            yield field.copied_from[0]
    for access in _accesses(entity):
        for clause in access.clauses:
            actor = clause.actor
            if (isinstance(actor, UserAt) and len(actor.path) > 1) or (
                isinstance(actor, Member) and actor.path
            ):
                yield actor.path[0]


def _accesses(entity: Entity) -> Iterator[Access]:
    yield from entity.access.values()
    members: list[Field | ToOne] = [*entity.fields.values(), *entity.to_one.values()]
    for member in members:
        yield from filter(None, (member.editable_by, member.visible_to))
    if entity.states is not None:
        for transition in entity.states.transitions.values():
            yield transition.access

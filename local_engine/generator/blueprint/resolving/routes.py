"""Finds routes that two things would share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolved import Application, Entity, FieldType, ToMany
from local_engine.generator.blueprint.resolving import reserved
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.naming import kebab_case


def check_routes(context: Context, application: Application) -> None:
    """Notes every second thing with a route that is taken already."""
    for entity in application.own_entities:
        taken: dict[str, str] = {}
        if entity.name == context.tenant:
            taken = dict.fromkeys(reserved.TENANT_ROUTES, "every tenant")
        for segment, what, path in _below_row(application, entity):
            if segment in taken:
                message = (
                    f"{what[:1].upper()}{what[1:]} has the route"
                    f" `/{entity.segment}/{{id}}/{segment}`, which {taken[segment]} has already:"
                    " choose another name."
                )
                context.error(path, "name-clash", message, at_key=True)
            taken.setdefault(segment, what)


def _below_row(application: Application, entity: Entity) -> Iterator[tuple[str, str, Path]]:
    """What has a route below one row: its segment, what it is, and where it is said."""
    base: Path = ("entities", entity.name)
    if application.tenancy is not None and application.tenancy.tenant == entity.name:
        for other in application.own_entities:
            if other.tenanted and other.part_of is None:
                yield other.segment, f"the entity {other.name}", ("entities", other.name)
    for name, field in entity.fields.items():
        if field.type is FieldType.FILE:
            yield kebab_case(name), f"the file `{name}`", (*base, "fields", name)
    for name in entity.links:
        yield kebab_case(name), f"the relation `{name}`", (*base, "relations", name)
    yield from _children(application.entities, entity, base)
    if entity.states is not None:
        for name in entity.states.transitions:
            path = (*base, "states", "transitions", name)
            yield kebab_case(name), f"the transition `{name}`", path
    for name, operation in application.operations.items():
        if operation.on == entity.name:
            yield operation.segment, f"the operation `{name}`", ("operations", name)


def _is_collection(child: Entity, many: ToMany, segment: str) -> bool:
    """Whether the rows of a tenant by that relation are the child's own collection."""
    return child.to_one[many.inverse].implicit and child.segment == segment


def _children(
    entities: Mapping[str, Entity], entity: Entity, base: Path
) -> Iterator[tuple[str, str, Path]]:
    named: set[str] = set()
    for name, many in entity.to_many.items():
        child = entities[many.of]
        if child.part_of == many.inverse:
            named.add(child.name)
        elif child.access["list"].nobody or _is_collection(child, many, kebab_case(name)):
            continue
        yield kebab_case(name), f"the relation `{name}`", (*base, "relations", name)
    for child in entities.values():
        if child.part_of is None or child.name in named:
            continue
        if child.to_one[child.part_of].to == entity.name:
            yield child.segment, f"the part {child.name}", ("entities", child.name)

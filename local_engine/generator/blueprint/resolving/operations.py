"""Resolves operations."""

from __future__ import annotations

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolving.actors import ActorReader
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.effects import EffectResolver
from local_engine.generator.blueprint.resolving.inputs import resolve_inputs
from local_engine.generator.blueprint.resolving.names import check_name
from local_engine.generator.blueprint.resolving.naming import kebab_case
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.requirements import resolve_requirements
from local_engine.generator.blueprint.resolving.scene import Scene
from local_engine.generator.blueprint.resolving.scenes import acted


def resolve_operation(
    context: Context, name: str, source: model.Operation, effects: EffectResolver
) -> resolved.Operation:
    """One operation; what has a problem is left out."""
    path: Path = ("operations", name)
    check_name(context, name, path, "name")
    outline = context.entity(source.on, (*path, "on")) if source.on is not None else None
    access = ActorReader(context, outline).read(source.by, (*path, "by"))
    if access.nobody:
        context.error(path, "nobody", f"Nobody may do `{name}`: say who with `by`.", at_key=True)
    inputs = resolve_inputs(context, source.input, (*path, "input"))
    scene = acted(context, outline, inputs.record, access)
    requirements = resolve_requirements(
        context, source.require, scene.names, name, (*path, "require")
    )
    for requirement in requirements:
        scene.names = scene.names.given(requirement.expression)
    _check_body(context, source, path)
    resolved_effects = effects.resolve(source.effects, scene, (*path, "effects"))
    entity, created = _returned(context, source, scene, outline, path)
    return resolved.Operation(
        name=name,
        segment=kebab_case(name),
        on=outline.name if outline is not None else None,
        access=access,
        inputs=inputs.fields,
        requirements=requirements,
        effects=resolved_effects,
        returns=source.returns if entity is not None else None,
        returns_entity=entity,
        returns_created=created,
        idempotent=source.idempotent,
        code=source.code is not None,
        tenanted=outline.tenanted if outline is not None else context.tenant is not None,
        description=source.description,
    )


def _check_body(context: Context, source: model.Operation, path: Path) -> None:
    if source.code is not None and source.effects:
        message = "An extension point has no effects: say `code` or `effects`."
        context.error((*path, "code"), "contradiction", message, at_key=True)
    if source.code is None and not source.effects:
        message = "The operation does nothing: say its `effects`, or `code: python`."
        context.error(path, "missing-key", message, at_key=True)
    if source.idempotent and "public" in (source.by or ()):
        message = "An Idempotency-Key belongs to a user: `public` cannot have one."
        context.error((*path, "idempotent"), "contradiction", message)


def _returned(
    context: Context,
    source: model.Operation,
    scene: Scene,
    outline: Outline | None,
    path: Path,
) -> tuple[str | None, bool]:
    """The entity of the row that is answered, and whether it was created."""
    name = source.returns
    if name is None:
        return None, False
    if name == "row" and outline is not None:
        return outline.name, False
    if name in scene.created:
        return scene.created[name].name, True
    refs = {key: found for key, found in source.input.items() if isinstance(found, model.RefInput)}
    if name in refs:
        if refs[name].optional:
            message = f"`{name}` may be missing, so it cannot always be answered."
            context.error((*path, "returns"), "bad-return", message)
        return refs[name].ref, False
    known = [*scene.created, *refs, *(["row"] if outline is not None else [])]
    message = f"`{name}` is no created row, no input row{' and not `row`' if outline else ''}."
    context.error((*path, "returns"), "bad-return", message, closest(name, known))
    return None, False

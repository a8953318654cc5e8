"""Resolves what must hold before a transition or an operation."""

from __future__ import annotations

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.shapes import Names


def resolve_requirements(
    context: Context,
    sources: list[model.Requirement],
    scope: Names,
    prefix: str,
    path: Path,
) -> tuple[resolved.Requirement, ...]:
    """The requirements; ids are `<prefix>.require`, `<prefix>.require_2`, ..."""
    found = []
    for index, source in enumerate(sources):
        at = (*path, index, "check") if len(sources) > 1 else (*path, "check")
        expression = context.condition(source.check, scope, at)
        if expression is None:
            continue
        suffix = "" if index == 0 else f"_{index + 1}"
        found.append(
            resolved.Requirement(
                id=f"{prefix}.require{suffix}",
                expression=expression,
                message=source.message or f"This must hold: {expression.text}",
                status=422 if expression.reads_only_input else 409,
            )
        )
    return tuple(found)

"""The scopes in which transitions, operations, jobs and events speak."""

from __future__ import annotations

from local_engine.generator.blueprint import resolved
from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.scene import Scene
from local_engine.generator.blueprint.resolving.shapes import Names, RecordShape


def row_names(context: Context, outline: Outline) -> Names:
    """The names of a row, and `row` for the row itself."""
    shape = context.shapes[outline.name]
    return Names(shape).with_row("row", shape)


def acted(
    context: Context,
    outline: Outline | None,
    record: RecordShape | None,
    access: resolved.Access | None,
) -> Scene:
    """The scene of an action; `access` tells whether somebody is signed in (None: nobody acts)."""
    names = Names() if outline is None else row_names(context, outline)
    about = None if outline is None else Names(context.shapes[outline.name])
    if record is not None:
        names = names.with_input(record)
    user = access is not None and not access.admits_anonymous
    if access is not None:
        names = names.with_user(context.shapes[USER], optional=not user)
    return Scene(names, outline, about, user)

"""Resolves relations: what they lead to, what follows a deletion, and which are immutable."""

from __future__ import annotations

from dataclasses import replace

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolved import USER, OnDelete
from local_engine.generator.blueprint.resolving.actors import ActorReader
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.outline import Outline, Reference
from local_engine.generator.blueprint.resolving.shapes import Names


def resolve_to_one(context: Context, outline: Outline) -> dict[str, resolved.ToOne]:
    """The to-one relations of an entity; which are immutable for others' sake is said later."""
    return {
        name: _ToOne(context, outline, name, reference).resolve()
        for name, reference in outline.to_one.items()
    }


def resolve_to_many(outline: Outline) -> dict[str, resolved.ToMany]:
    """The to-many relations of an entity."""
    return {
        name: resolved.ToMany(name, inverse.of, inverse.inverse, inverse.source.description)
        for name, inverse in outline.to_many.items()
    }


def resolve_links(outline: Outline) -> dict[str, resolved.Links]:
    """The plain many-to-many relations of an entity."""
    return {
        name: resolved.Links(name, links.links, links.was, links.description)
        for name, links in outline.links.items()
    }


class _ToOne:
    def __init__(self, context: Context, outline: Outline, name: str, reference: Reference) -> None:
        self._context = context
        self._outline = outline
        self._name = name
        self._reference = reference
        self._path: Path = ("entities", outline.name, "relations", name)

    def resolve(self) -> resolved.ToOne:
        """The relation with everything that is said about it."""
        source = self._reference.source
        if source is None:
            return resolved.ToOne(
                name=self._name,
                to=self._reference.to,
                immutable=True,
                on_delete=OnDelete.CASCADE,
                implicit=True,
            )
        relation = resolved.ToOne(
            name=self._name,
            to=source.to,
            optional=source.optional,
            unique=source.unique,
            immutable=source.immutable,
            on_delete=self._on_delete(source),
            same=self._same(source),
            was=source.was,
            description=source.description,
        )
        reader = ActorReader(self._context, self._outline)
        if source.editable_by is not None:
            editors = reader.read(source.editable_by, (*self._path, "editable_by"))
            relation = replace(relation, editable_by=editors)
        if source.visible_to is not None:
            viewers = reader.read(source.visible_to, (*self._path, "visible_to"))
            relation = replace(relation, visible_to=viewers)
        return replace(relation, where=self._where(source))

    def _on_delete(self, source: model.ToOne) -> OnDelete:
        context, path = self._context, (*self._path, "on_delete")
        said = OnDelete(source.on_delete) if source.on_delete else None
        if self._outline.source.part_of == self._name:
            if said not in (None, OnDelete.CASCADE):
                message = f"A part goes with what it is part of: `{said}` is not possible."
                context.error(path, "contradiction", message)
            return OnDelete.CASCADE
        if source.to == context.tenant:
            return said or OnDelete.CASCADE
        if said is OnDelete.SET_NULL and not source.optional:
            message = "`set null` needs `optional: true`."
            context.error(path, "contradiction", message)
        if said not in (None, OnDelete.RESTRICT) and source.to == USER:
            message = "Users are never deleted but deactivated: leave `on_delete` out."
            context.error(path, "contradiction", message)
        return said or OnDelete.RESTRICT

    def _same(self, source: model.ToOne) -> tuple[str, ...] | None:
        if source.same is None:
            return None
        path = (*self._path, "same")
        steps = tuple(source.same.split("."))
        here = self._end(self._outline, steps, path)
        there = self._end(self._context.outlines[source.to], steps, path)
        if here is not None and there is not None and here is not there:
            message = f"`{source.same}` leads to {here.name} from here and to {there.name} there."
            self._context.error(path, "type-mismatch", message)
        if steps[0] == self._name:
            self._context.error(path, "bad-path", "The path cannot begin with this relation.")
        return steps

    def _end(self, at: Outline, steps: tuple[str, ...], path: Path) -> Outline | None:
        for step in steps:
            reference = at.to_one.get(step)
            if reference is None:
                if step not in at.broken:
                    message = f"{at.name} has no to-one relation `{step}`."
                    self._context.error(path, "unknown-relation", message, closest(step, at.to_one))
                return None
            at = self._context.outlines[reference.to]
        return at

    def _where(self, source: model.ToOne) -> Expression | None:
        scope = Names(self._context.shapes[source.to])
        return self._context.condition(source.where, scope, (*self._path, "where"))

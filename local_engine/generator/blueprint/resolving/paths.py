"""Paths of to-one relations: followed, and checked on the way."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.outline import Outline


@dataclass(frozen=True)
class Followed:
    """Where a path leads: the steps spelled out in relation names, and the entity at the end."""

    steps: tuple[str, ...]
    end: Outline
    optional: bool


def follow(context: Context, start: Outline, text: str, path: Path) -> Followed | None:
    """Follows `a.b.c`; `owner` as the last step means the owner of the row reached."""
    at, optional = start, False
    steps: tuple[str, ...] = ()
    words = text.split(".")
    for index, word in enumerate(words):
        if word == "owner" and index == len(words) - 1 and word not in at.to_one:
            owner = owner_path(context, at)
            if owner is None:
                message = f"A row of {at.name} has no owner."
                context.error(path, "no-owner", message)
                return None
            return Followed((*steps, *owner), context.outlines[USER], optional)
        reference = at.to_one.get(word)
        if reference is None:
            if word not in at.broken:
                known = list(at.to_one)
                message = f"{at.name} has no to-one relation `{word}`."
                context.error(path, "unknown-relation", message, closest(word, known))
            return None
        steps = (*steps, word)
        optional = optional or reference.optional
        at = context.outlines[reference.to]
    return Followed(steps, at, optional)


def owner_path(context: Context, outline: Outline) -> tuple[str, ...] | None:
    """The path to the owning user: the own owner, or that of the row it is a part of."""
    steps: tuple[str, ...] = ()
    seen = set()
    while outline.name not in seen:
        seen.add(outline.name)
        if outline.name == USER:
            return steps
        owner = outline.source.owner
        if owner is not None:
            reference = outline.to_one.get(owner)
            return (*steps, owner) if reference is not None and reference.to == USER else None
        parent = parent_of(context, outline)
        if parent is None or outline.source.part_of is None:
            return None
        steps, outline = (*steps, outline.source.part_of), parent
    return None


def parent_of(context: Context, outline: Outline) -> Outline | None:
    """The entity that rows are parts of."""
    relation = outline.source.part_of
    reference = outline.to_one.get(relation) if relation is not None else None
    return context.outlines[reference.to] if reference is not None else None

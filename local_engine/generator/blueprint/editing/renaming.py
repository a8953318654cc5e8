"""Renames: a part gets another name wherever it is named, and nothing else changes its meaning."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from local_engine.generator.blueprint.editing.edit import Refusal
from local_engine.generator.blueprint.editing.references import Part, Reference, references
from local_engine.generator.blueprint.editing.sheet import Sheet
from local_engine.generator.blueprint.problems import Path, path_text
from local_engine.generator.blueprint.resolving.naming import snake_case

Renaming = Callable[[Part], Part]


def rename_part(sheet: Sheet, part: Part, to: str, declare: Callable[[], None]) -> None:
    """Renames a part wherever it is named; `declare` then gives the part itself its new name.

    Raises Refusal if some name would mean something else afterwards.
    """
    if to == part.name:
        raise Refusal("to", "no-change", f"It is called `{to}` already.")
    changes = {part: to}
    if part.kind == "entity" and sheet.data.get("tenancy", {}).get("tenant") == part.name:
        changes |= _tenant_relations(sheet, part.name, to)
    before = references(sheet.blueprint)
    _rewrite(sheet, (found for found in before if found.part in changes), changes)
    declare()
    sheet.settle()
    _check_meanings(sheet, before, _renaming(part, to, changes))


def origin(name: str, was: str | None, before: Iterable[str]) -> str | None:
    """What a part was called in the Blueprint that the code came from; None if it was not there."""
    known = set(before)
    if was is not None and was in known and name not in known:
        return was
    return name if name in known else None


def note_origin(sheet: Sheet, path: Path, name: str, came_from: str | None) -> None:
    """Writes `was` where something that the code knows has another name now."""
    value = sheet.at(path)
    data = {"type": value} if isinstance(value, str) else dict(value)
    data.pop("was", None)
    if came_from is not None and came_from != name:
        data["was"] = came_from
    sheet.put(path, data)


def note_earlier_words(
    sheet: Sheet, path: Path, old: str, new: str | None, before: Iterable[str]
) -> None:
    """Brings `was` of states or roles up to date: `old` is `new` now, or (None) no more.

    `before` are those of the Blueprint that the code came from.
    """
    present = sheet.at((*path, "was")) or {}
    came_from = origin(old, present.get(old), before)
    earlier = {name: word for name, word in present.items() if name != old}
    if new is not None and came_from is not None and came_from != new:
        earlier[new] = came_from
    if earlier != present:
        sheet.put((*path, "was"), earlier)
        sheet.settle()


def _tenant_relations(sheet: Sheet, entity: str, to: str) -> dict[Part, str]:
    """The relation to the tenant, which every other entity has under the tenant's name."""
    old, new = snake_case(entity), snake_case(to)
    others = {name: data for name, data in sheet.data["entities"].items() if name != entity}
    return {
        Part("member", old, name): new
        for name, data in others.items()
        if not data.get("shared") and old not in data.get("relations", {}) and name != "User"
    }


def _renaming(part: Part, to: str, changes: dict[Part, str]) -> Renaming:
    def renamed(old: Part) -> Part:
        new = Part(old.kind, changes.get(old, old.name), old.of)
        if part.kind == "entity" and new.of == part.name:
            new = Part(new.kind, new.name, to)
        return new

    return renamed


def _rewrite(sheet: Sheet, found: Iterable[Reference], changes: dict[Part, str]) -> None:
    """Texts first, from their ends; then keys, the deepest first, since paths go through them."""
    texts: dict[Path, list[Reference]] = defaultdict(list)
    keys: list[Reference] = []
    for reference in found:
        if reference.at_key:
            keys.append(reference)
        else:
            texts[reference.path].append(reference)
    for path, inside in texts.items():
        text: Any = sheet.at(path)
        if text is None:  # the default of a key that is left out
            text = inside[0].part.name
        for reference in sorted(inside, key=lambda one: one.start, reverse=True):
            written = text[reference.start : reference.end]
            if written != reference.part.name:
                raise Refusal(
                    "to",
                    "unclear-reference",
                    f"`{path_text(path)}` writes `{reference.part.name}` in a way that cannot be"
                    " changed without you: write it plainly first.",
                )
            new = changes[reference.part]
            text = text[: reference.start] + new + text[reference.end :]
        sheet.put(path, text)
    for reference in sorted(keys, key=lambda one: len(one.path), reverse=True):
        sheet.rename(reference.path, changes[reference.part])


def _check_meanings(sheet: Sheet, before: list[Reference], renamed: Renaming) -> None:
    """Every name means what it meant, under its new name; none was caught by another scope."""
    wanted = Counter(renamed(found.part) for found in before)
    after = references(sheet.blueprint)
    present = Counter(found.part for found in after)
    changed = (wanted - present) | (present - wanted)
    for found in after:
        if found.part in changed:
            raise Refusal(
                "to",
                "name-clash",
                f"`{found.part.name}` would mean something else in `{path_text(found.path)}`:"
                " choose another name.",
            )
    if changed:
        raise Refusal("to", "name-clash", "Something else is called so: choose another name.")

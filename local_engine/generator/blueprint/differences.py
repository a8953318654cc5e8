"""The differences of two Blueprints, in words and as data; renames are known by `was`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from local_engine.generator.blueprint.model import Blueprint
from local_engine.generator.blueprint.problems import Path, path_text
from local_engine.generator.blueprint.writer import flow

_NAMED = {
    "entities": "entity",
    "fields": "field",
    "relations": "relation",
    "transitions": "transition",
    "operations": "operation",
    "reports": "report",
    "feeds": "feed",
    "jobs": "job",
    "emails": "e-mail",
    "input": "input",
}
_LISTED = {"rules": "rule", "effects": "effect", "webhooks": "webhook", "roles": "role"}
_LONGEST = 80


class Change(StrEnum):
    """What happened to a part of a Blueprint."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One change; `path` is that in the new Blueprint (removed: in the old one).

    `before` and `after` are plain data: None where there is nothing. For a rename they are the
    two names.
    """

    change: Change
    path: Path
    before: Any
    after: Any

    def __str__(self) -> str:
        where, what = _place(self.path)
        match self.change:
            case Change.ADDED:
                text = f"new {what}{_shown(self.after)}"
            case Change.REMOVED:
                text = f"{what} removed{_shown(self.before) if _is_listed(self.path) else ''}"
            case Change.RENAMED:
                text = f"{what} renamed (was {self.before})"
            case Change.CHANGED:
                text = f"{what} is now {_short(self.after)} (was {_short(self.before)})"
        return f"{where}: {text}" if where else text[:1].upper() + text[1:]


def differences(before: Blueprint, after: Blueprint) -> list[Difference]:
    """All changes from one Blueprint to another, in the order of the new one."""
    return list(_mapping(before.plain(), after.plain(), ()))


def _mapping(
    before: Mapping[str, Any], after: Mapping[str, Any], path: Path
) -> Iterator[Difference]:
    renamed = _renames(before, after) if path and path[-1] in _NAMED else {}
    words = _renamed_words(before, after, path)
    for new, old_word in words.items():
        yield Difference(Change.RENAMED, (*path, "was", new), old_word, new)
    before = _under_new_words(before, words)
    for key, value in after.items():
        old = renamed.get(key, key)
        at = (*path, key)
        if key == "was":
            continue
        if old not in before:
            yield from _appeared(value, at)
            continue
        if old != key:
            yield Difference(Change.RENAMED, at, old, key)
        yield from _value(before[old], value, at)
    gone = set(renamed.values())
    for key, value in before.items():
        if key not in after and key not in gone and key != "was":
            yield from _disappeared(value, (*path, key))


def _renames(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """New names with the old ones that they stand for."""
    found: dict[str, str] = {}
    for key, value in after.items():
        was = value.get("was") if isinstance(value, Mapping) else None
        if isinstance(was, str) and was in before and was not in after and key not in before:
            found[key] = was
    return found


def _renamed_words(
    before: Mapping[str, Any], after: Mapping[str, Any], path: Path
) -> dict[str, str]:
    """States or roles that have another name: the new names with the old ones."""
    known = _words(before, path)
    found = after.get("was") if known else None
    earlier = found if isinstance(found, Mapping) else {}
    return {new: old for new, old in earlier.items() if old in known and new not in known}


def _words(data: Mapping[str, Any], path: Path) -> set[str]:
    """The states or roles that a part of a Blueprint names."""
    if path == ("accounts",):
        return set(data.get("roles", ()))
    if path[-1:] == ("states",):
        transitions = data.get("transitions", {}).values()
        return {data["initial"], *(transition["to"] for transition in transitions)}
    return set()


def _under_new_words(value: Any, words: Mapping[str, str]) -> Any:
    """What stood there before, with the new names of states or roles in the places of names."""
    if not words:
        return value
    new = {old: name for name, old in words.items()}
    plain = dict(value)
    for key in ("initial", "default_role", "from", "to"):
        if isinstance(plain.get(key), str):
            plain[key] = new.get(plain[key], plain[key])
    for key in ("roles", "from"):
        if isinstance(plain.get(key), list):
            plain[key] = [new.get(word, word) for word in plain[key]]
    if "transitions" in plain:
        plain["transitions"] = {
            name: _under_new_words(one, words) for name, one in plain["transitions"].items()
        }
    return plain


def _appeared(value: Any, path: Path) -> Iterator[Difference]:
    if _is_group(value, path):
        yield from _value({} if isinstance(value, Mapping) else [], value, path)
    else:
        yield Difference(Change.ADDED, path, None, value)


def _disappeared(value: Any, path: Path) -> Iterator[Difference]:
    if _is_group(value, path):
        yield from _value(value, {} if isinstance(value, Mapping) else [], path)
    else:
        yield Difference(Change.REMOVED, path, value, None)


def _is_group(value: Any, path: Path) -> bool:
    """Whether the value holds named or listed things, each of which is told by itself."""
    grouped = path[-1] in _NAMED or path[-1] in _LISTED
    return grouped and isinstance(value, Mapping | list)


def _value(before: Any, after: Any, path: Path) -> Iterator[Difference]:
    if before == after:
        return
    if path[-1] in _LISTED and isinstance(before, list) and isinstance(after, list):
        yield from _listed(before, after, path)
    elif _has_parts(before, after, path):
        yield from _mapping(_long(before), _long(after), path)
    else:
        yield Difference(Change.CHANGED, path, before, after)


def _has_parts(before: Any, after: Any, path: Path) -> bool:
    """Whether both are mappings; the short form of a field is one too."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return True
    is_field = len(path) > 1 and path[-2] in ("fields", "input")
    return is_field and all(isinstance(value, Mapping | str) for value in (before, after))


def _long(value: Any) -> Mapping[str, Any]:
    return {"type": value} if isinstance(value, str) else value


def _listed(before: list[Any], after: list[Any], path: Path) -> Iterator[Difference]:
    left = list(before)
    for index, value in enumerate(after):
        if value in left:
            left.remove(value)
        else:
            yield Difference(Change.ADDED, (*path, index), None, value)
    for value in left:
        yield Difference(Change.REMOVED, (*path, before.index(value)), value, None)
    if sorted(map(flow, before)) == sorted(map(flow, after)):
        yield Difference(Change.CHANGED, path, before, after)


def _is_listed(path: Path) -> bool:
    return len(path) > 1 and path[-2] in _LISTED


def _place(path: Path) -> tuple[str, str]:
    """The part that a change belongs to, and what in it has changed."""
    if len(path) > 1 and path[-2] in _LISTED:
        owner, what = path[:-2], _LISTED[str(path[-2])]
    elif len(path) > 1 and path[-2] == "was":
        word = "role" if path[0] == "accounts" else "state"
        owner, what = path[:-2], f"{word} `{path[-1]}`"
    elif len(path) > 1 and path[-2] in _NAMED:
        owner, what = path[:-2], f"{_NAMED[str(path[-2])]} `{path[-1]}`"
    else:
        owner, what = path[:-1], f"`{path[-1]}`"
    names = [step for step in owner if step not in _NAMED]
    return path_text(tuple(names)), what


def _shown(value: Any) -> str:
    return f": {_short(value)}" if value not in (None, {}, []) else ""


def _short(value: Any) -> str:
    text = flow(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."

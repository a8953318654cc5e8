"""What a renamed entity moves along: the user's edits in its files, and their own files there.

The merge knows nothing of renames. So the version that both sides come from, and what the user
made of it, are renamed first: files to their new places, and in edited Python files the entity's
names, as far as the newly generated file bears witness that each name became that other one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from local_engine.generator.blueprint import Application
from local_engine.generator.emit.fastapi.places import Places, entity_places
from local_engine.projects.repository import Repository
from local_engine.projects.trees import Entry, Files


@dataclass(frozen=True)
class Rename:
    """Where the files of one entity were and are, and what its names were and are."""

    before: Places
    after: Places

    def moved(self, path: str) -> str | None:
        """The new path of a file of the entity; None for a file that is none of its."""
        if path == self.before.test:
            return self.after.test
        folder = f"{self.before.folder}/"
        if path.startswith(folder):
            return f"{self.after.folder}/{path.removeprefix(folder)}"
        return None


def renames_of(before: Application, after: Application) -> list[Rename]:
    """The entities whose files move between two Blueprints; `was:` tells which is which."""
    old, new = entity_places(before), entity_places(after)
    found = []
    for name, places in new.items():
        was = after.entities[name].was
        earlier = old.get(was if was in old and was not in new and was is not None else name)
        if earlier is not None and earlier != places:
            found.append(Rename(earlier, places))
    return found


def rename_files(
    repository: Repository, renames: list[Rename], base: Files, ours: Files, theirs: Files
) -> tuple[Files, Files]:
    """`base` and `ours` as if the entities had always had the names that they have in `theirs`."""
    if not renames:
        return base, ours
    moves = dict(_moves(renames, base, ours, theirs))
    rewritten_base, rewritten_ours = _moved(base, moves), _moved(ours, moves)
    for path in base:
        place = moves.get(path, path)
        if base[path] == ours.get(path) or place not in theirs or not place.endswith(".py"):
            continue
        rewrite = _rewriting(renames, repository.content(theirs[place].id).decode(errors="ignore"))
        for files in (rewritten_base, rewritten_ours):
            entry = files.get(place)
            if entry is not None and entry.is_plain:
                files[place] = _rewritten(repository, entry, rewrite)
    return rewritten_base, rewritten_ours


def _moves(
    renames: list[Rename], base: Files, ours: Files, theirs: Files
) -> Iterator[tuple[str, str]]:
    """Old path → new path: generated files that move, and the user's own beside them."""
    for path in base.keys() | ours.keys():
        for rename in renames:
            place = rename.moved(path)
            if place is None or path in theirs:
                continue
            is_generated = path in base and place in theirs
            is_free = place not in ours and place not in base
            if is_free and (is_generated or (path not in base and place not in theirs)):
                yield path, place


def _moved(files: Files, moves: Mapping[str, str]) -> Files:
    return {moves.get(path, path): entry for path, entry in files.items()}


def _rewritten(repository: Repository, entry: Entry, rewrite: Callable[[str], str]) -> Entry:
    try:
        text = repository.content(entry.id).decode()
    except UnicodeDecodeError:
        return entry
    return entry._replace(id=repository.add_content(rewrite(text).encode()))


def _rewriting(renames: list[Rename], witness: str) -> Callable[[str], str]:
    """Gives a text the new names; a word becomes another one only if `witness` has just that."""
    words = set(re.findall(r"\w+", witness))
    forms = [pair for rename in renames for pair in _forms(rename)]

    def renamed(match: re.Match[str]) -> str:
        word = match[0]
        for pattern, new in forms:
            changed = pattern.sub(new, word)
            if changed != word and changed in words and word not in words:
                return changed
        return word

    return lambda text: re.sub(r"\w+", renamed, text)


def _forms(rename: Rename) -> Iterator[tuple[re.Pattern[str], str]]:
    """How the entity's names stand in words of code: `orders`, `list_orders`, `OrderCreate`."""
    old_row, old_class, old_rows = rename.before.names
    new_row, new_class, new_rows = rename.after.names
    pairs = [(old_rows, new_rows), (old_row, new_row)]
    pairs += [(old.capitalize(), new.capitalize()) for old, new in pairs]
    pairs.append((rename.before.folder.rpartition("/")[2], rename.after.folder.rpartition("/")[2]))
    for old, new in pairs:
        yield re.compile(rf"(?<![A-Za-z0-9]){re.escape(old)}(?![A-Za-z0-9])"), new
    yield re.compile(rf"(?<![A-Z]){re.escape(old_class)}(?![a-z])"), new_class

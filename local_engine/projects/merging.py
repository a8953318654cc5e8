"""The three-way merge of what the generator made into what the user sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from local_engine.projects.conflicts import Conflict, ConflictKind
from local_engine.projects.extension_points import is_extension_point, keep_body, same_signatures
from local_engine.projects.repository import Repository
from local_engine.projects.text_merge import hunks, merge_text, merge_words
from local_engine.projects.trees import Entry, Files

_BINARY_PROBE = 8000


@dataclass(frozen=True)
class Merge:
    """`files` is the result, in which each conflicting path has the entry that the user has."""

    files: Files
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True)
class _Sides:
    path: str
    base: Entry | None
    ours: Entry | None
    theirs: Entry | None

    def conflict(self, kind: ConflictKind, proposed: Entry | None, reason: str) -> Conflict:
        return Conflict(self.path, kind, self.base, self.ours, self.theirs, proposed, reason)


def merge_files(
    repository: Repository,
    base: Mapping[str, Entry],
    ours: Mapping[str, Entry],
    theirs: Mapping[str, Entry],
) -> Merge:
    """Join two versions that both come from `base`. New contents wait in the repository."""
    files: Files = {}
    conflicts = []
    for path in sorted(base.keys() | ours.keys() | theirs.keys()):
        sides = _Sides(path, base.get(path), ours.get(path), theirs.get(path))
        found = _merge_entry(repository, sides)
        if isinstance(found, Conflict):
            conflicts.append(found)
            found = sides.ours
        if found is not None:
            files[path] = found
    clashes = list(_folder_clashes(files, ours, {conflict.path for conflict in conflicts}))
    settled = without_clashes(files)
    return Merge(settled, (*conflicts, *clashes))


def _merge_entry(repository: Repository, sides: _Sides) -> Entry | Conflict | None:
    base, ours, theirs = sides.base, sides.ours, sides.theirs
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if ours is None:
        return sides.conflict(ConflictKind.YOU_DELETED, None, "you deleted it, so it stays deleted")
    if theirs is None:
        return sides.conflict(
            ConflictKind.GENERATOR_DELETED, ours, "you changed it, so it stays; nothing uses it now"
        )
    if not all(side is None or side.is_plain for side in (base, ours, theirs)):
        return sides.conflict(ConflictKind.NOT_TEXT, ours, "it cannot be joined; yours stays")
    return _merge_contents(repository, sides, ours, theirs)


def _merge_contents(
    repository: Repository, sides: _Sides, ours: Entry, theirs: Entry
) -> Entry | Conflict:
    base = repository.content(sides.base.id) if sides.base else b""
    texts = base, repository.content(ours.id), repository.content(theirs.id)
    mode = theirs.mode if sides.base and ours.mode == sides.base.mode else ours.mode
    if any(map(_is_binary, texts)):
        return sides.conflict(ConflictKind.NOT_TEXT, ours, "it cannot be joined; yours stays")
    if is_extension_point(sides.path):
        if same_signatures(base, texts[2]) or same_signatures(texts[1], texts[2]):
            return ours
        kept = keep_body(*texts)
        entry = Entry(mode, repository.add_content(kept)) if kept is not None else ours
        return sides.conflict(ConflictKind.SIGNATURE, entry, "your body under the new signature")
    if sides.base is None:
        return sides.conflict(
            ConflictKind.BOTH_ADDED,
            theirs,
            "other generated files need theirs; yours stays in the history",
        )
    joined = merge_text(*texts)
    if joined is not None:
        return Entry(mode, repository.add_content(joined))
    proposed, reason = propose(*texts)
    entry = Entry(mode, repository.add_content(proposed))
    return sides.conflict(ConflictKind.BOTH_CHANGED, entry, reason)


def propose(base: bytes, ours: bytes, theirs: bytes) -> tuple[bytes, str]:
    """A text that could end the conflict, and why: joined by words, or else the user's lines."""
    joined: list[bytes] = []
    by_words = True
    for hunk in hunks(base, ours, theirs):
        if hunk.chosen is not None:
            joined += hunk.chosen
            continue
        words = merge_words(hunk.base, hunk.ours, hunk.theirs)
        by_words = by_words and words is not None
        joined += hunk.ours if words is None else [words]
    reason = "joined word by word" if by_words else "your lines where both changed the same ones"
    return b"".join(joined), reason


def _is_binary(content: bytes) -> bool:
    """As git tells: a zero byte near the beginning."""
    return b"\0" in content[:_BINARY_PROBE]


def _folder_clashes(
    files: Mapping[str, Entry], ours: Mapping[str, Entry], known: set[str]
) -> Iterator[Conflict]:
    for path in sorted(_files_over_folders(files) - known):
        mine = ours.get(path)
        yield Conflict(
            path,
            ConflictKind.FOLDER,
            None,
            mine,
            None,
            None,
            "generated files need the folder; yours stays in the history",
        )


def _files_over_folders(files: Mapping[str, Entry]) -> set[str]:
    """Paths that are a file although other files lie below them."""
    folders = set()
    for path in files:
        while "/" in path:
            path = path.rpartition("/")[0]
            folders.add(path)
    return folders & files.keys()


def without_clashes(files: Mapping[str, Entry]) -> Files:
    """The files without those that lie below another file."""
    over = _files_over_folders(files)
    return {
        path: entry
        for path, entry in files.items()
        if not any(path.startswith(f"{file}/") for file in over)
    }


def resolved_files(merge: Merge, theirs: Mapping[str, Entry]) -> Files:
    """The result with all decisions in it."""
    files = dict(merge.files)
    for conflict in merge.conflicts:
        if conflict.resolution is not None:
            files[conflict.path] = conflict.resolution
            continue
        files.pop(conflict.path, None)
        below = f"{conflict.path}/"
        files |= {path: entry for path, entry in theirs.items() if path.startswith(below)}
    return without_clashes(files)

"""Three-way merge of texts: what two people made of the same text, joined where they do not meet.

The algorithm is that of `diff3` (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007).
It works on sequences of anything, so on lines and, within a conflict, on words.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_LINES = 40_000
"""Longer texts are not compared line by line: that could take minutes."""

_TOKENS = re.compile(rb"\w+|[ \t]+|\r?\n|.", re.DOTALL)

Parts = Sequence[bytes]


@dataclass(frozen=True)
class Hunk:
    """A stretch of the merge. `chosen` is its result; None where both changed it differently."""

    base: Parts
    ours: Parts
    theirs: Parts
    chosen: Parts | None


def merge_text(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """The joined text; None where both sides changed the same place differently."""
    joined: list[bytes] = []
    for hunk in hunks(base, ours, theirs):
        if hunk.chosen is None:
            return None
        joined += hunk.chosen
    return b"".join(joined)


def hunks(base: bytes, ours: bytes, theirs: bytes) -> list[Hunk]:
    """The merge of two texts by lines."""
    before, mine, other = (_lines(text) for text in (base, ours, theirs))
    if max(len(before), len(mine), len(other)) > MAX_LINES:
        return [Hunk(before, mine, other, None)]
    return list(merge_parts(before, mine, other))


def merge_words(base: Parts, ours: Parts, theirs: Parts) -> bytes | None:
    """The merge of a conflicting stretch by words; None where even the words conflict."""
    sides = [_TOKENS.findall(b"".join(side)) for side in (base, ours, theirs)]
    if max(map(len, sides)) > MAX_LINES:
        return None
    joined: list[bytes] = []
    for hunk in merge_parts(*sides):
        if hunk.chosen is None:
            return None
        joined += hunk.chosen
    return b"".join(joined)


def merge_parts(base: Parts, ours: Parts, theirs: Parts) -> Iterator[Hunk]:
    """Stretches that all three share alternate with such that one side or both changed."""
    at_base = at_ours = at_theirs = 0
    for start, in_ours, in_theirs, length in _shared(base, ours, theirs):
        changed = (
            base[at_base:start],
            ours[at_ours:in_ours],
            theirs[at_theirs:in_theirs],
        )
        if any(changed):
            yield Hunk(*changed, _chosen(*changed))
        same = base[start : start + length]
        if same:
            yield Hunk(same, same, same, same)
        at_base, at_ours, at_theirs = start + length, in_ours + length, in_theirs + length


def _lines(text: bytes) -> list[bytes]:
    """Lines with their ends, as git sees them: only a newline ends one."""
    lines = [line + b"\n" for line in text.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _chosen(base: Parts, ours: Parts, theirs: Parts) -> Parts | None:
    if ours in (base, theirs):
        return theirs
    return ours if theirs == base else None


def _shared(base: Parts, ours: Parts, theirs: Parts) -> Iterator[tuple[int, int, int, int]]:
    """Where all three agree: places in base, ours, theirs, and the length; the end is last."""
    left, right = _matches(base, ours), _matches(base, theirs)
    i = j = 0
    while i < len(left) and j < len(right):
        a, in_ours, a_length = left[i]
        b, in_theirs, b_length = right[j]
        start, end = max(a, b), min(a + a_length, b + b_length)
        if start < end:
            yield start, in_ours + start - a, in_theirs + start - b, end - start
        if a + a_length < b + b_length:
            i += 1
        else:
            j += 1
    yield len(base), len(ours), len(theirs), 0


def _matches(base: Parts, side: Parts) -> list[tuple[int, int, int]]:
    """Equal stretches of two sequences. Equal ends are cut off first: most of most texts."""
    head = 0
    while head < min(len(base), len(side)) and base[head] == side[head]:
        head += 1
    tail = 0
    while tail < min(len(base), len(side)) - head and base[-1 - tail] == side[-1 - tail]:
        tail += 1
    middle = difflib.SequenceMatcher(
        None, base[head : len(base) - tail], side[head : len(side) - tail], autojunk=False
    )
    found = [(head + a, head + b, size) for a, b, size in middle.get_matching_blocks() if size]
    ends = [(0, 0, head), (len(base) - tail, len(side) - tail, tail)]
    return [ends[0], *found, ends[1]]

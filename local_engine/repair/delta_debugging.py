"""Delta debugging: a smallest part of a set that is enough for something.

The algorithm is ddmin (Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, IEEE
Transactions on Software Engineering 28(2), 2002): halves first, then their complements, then finer
pieces, until nothing can be left out any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")


def smallest(items: Sequence[T], suffices: Callable[[Sequence[T]], bool]) -> list[T]:
    """A part of `items` in their order that suffices and of which no single one can be left out.

    `items` as a whole suffice, which is not asked again; nor is the same part asked twice. Of n
    items, about 2·log2(n) parts are asked where one is enough, at worst n² + 3n.
    """
    asked: dict[tuple[int, ...], bool] = {tuple(range(len(items))): True}

    def enough(part: Sequence[int]) -> bool:
        key = tuple(part)
        if key not in asked:
            asked[key] = suffices([items[place] for place in key])
        return asked[key]

    left = list(range(len(items)))
    pieces = 2
    while len(left) > 1:
        found = _smaller(left, min(pieces, len(left)), enough)
        if found is not None:
            left, pieces = found
        elif pieces >= len(left):
            break
        else:
            pieces *= 2
    return [items[place] for place in left]


def _smaller(
    left: list[int], pieces: int, enough: Callable[[Sequence[int]], bool]
) -> tuple[list[int], int] | None:
    """A smaller part that suffices, and in how many pieces to try it next."""
    bounds = [len(left) * number // pieces for number in range(pieces + 1)]
    subsets = [left[start:end] for start, end in pairwise(bounds)]
    for subset in subsets:
        if enough(subset):
            return subset, 2
    if pieces == 2:  # the complements are the same two halves
        return None
    for subset in subsets:
        rest = [one for one in left if one not in subset]
        if enough(rest):
            return rest, max(pieces - 1, 2)
    return None

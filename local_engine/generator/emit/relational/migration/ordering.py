"""In which order renames and recomputed values come, so that none gets in another's way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from local_engine.generator.emit.relational.names import shortened


def rename_order(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Renames in an order in which every new name is free; circles go over a name in between."""
    left = dict(pairs)
    while left:
        free = [old for old, new in left.items() if new not in left]
        if free:
            for old in free:
                yield old, left.pop(old)
            continue
        old = next(iter(left))
        between = shortened(f"{left[old]}_moving")
        yield old, between
        left[between] = left.pop(old)


def dependency_order(reads: Mapping[str, Iterable[str]]) -> list[str]:
    """The keys, each after those keys that it reads. Circles are broken somewhere."""
    done: dict[str, None] = {}

    def visit(key: str, above: frozenset[str]) -> None:
        if key in done or key in above or key not in reads:
            return
        for other in reads[key]:
            visit(other, above | {key})
        done[key] = None

    for key in reads:
        visit(key, frozenset())
    return list(done)

"""Smallest parts that suffice: found whatever is needed together, with few questions."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from local_engine.repair.delta_debugging import smallest


class Asked:
    """Parts suffice that hold all of `needed`."""

    def __init__(self, needed: set[int]) -> None:
        self.needed = needed
        self.parts: list[tuple[int, ...]] = []

    def __call__(self, part: Sequence[int]) -> bool:
        self.parts.append(tuple(part))
        return self.needed <= set(part)


def test_single_guilty_one_is_found_by_halving() -> None:
    asked = Asked({37})
    assert smallest(range(64), asked) == [37]
    assert len(asked.parts) <= 12


@pytest.mark.parametrize("seed", range(20))
def test_just_what_is_needed_together_is_found_and_nothing_asked_twice(seed: int) -> None:
    random = Random(seed)
    size = random.randint(1, 20)
    asked = Asked(set(random.sample(range(size), random.randint(1, size))))
    assert smallest(range(size), asked) == sorted(asked.needed)
    assert len(asked.parts) == len(set(asked.parts)) <= size * size + 3 * size


def test_no_single_one_can_be_left_out_where_the_answers_are_not_monotonic() -> None:
    def suffices(part: Sequence[int]) -> bool:
        return set(part) in ({1, 4}, {1, 4, 6}, {0, 1, 4, 6}, set(range(8)))

    found = smallest(range(8), suffices)
    for left_out in found:
        assert not suffices([one for one in found if one != left_out])

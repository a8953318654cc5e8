"""A row has a new version when it shows something else, also where other rows are summed up."""

from __future__ import annotations

import pytest
from bench import Bench

STACKS = """
accounts: {sign_up: open}
entities:
  Box:
    fields: {name: string, total: {type: integer, derived: sum(crates.total)}}
    relations: {crates: {many: Crate}}
    access: {list: public, read: public, create: authenticated, update: authenticated}
  Crate:
    fields: {total: {type: integer, derived: sum(items.count)}}
    relations: {box: {to: Box}, items: {many: Item}}
    access: {list: public, read: public, create: authenticated, update: authenticated}
  Item:
    fields: {count: integer, note: {type: string, optional: true}}
    relations: {crate: {to: Crate}}
    access:
      {list: public, read: public, create: authenticated, update: authenticated,
       delete: authenticated}
"""


class Stacks:
    """Two boxes with a crate each, and an item in the first crate."""

    def __init__(self) -> None:
        self.bench = Bench(STACKS)
        self.boxes = [self._made("/boxes", {"name": name}) for name in "ab"]
        self.crates = [self._made("/crates", {"box_id": box}) for box in self.boxes]
        self.item = self._made("/items", {"count": 2, "crate_id": self.crates[0]})

    def _made(self, path: str, body: dict[str, object]) -> str:
        return str(self.bench.made("ann", path, body)["id"])

    def versions(self) -> list[int]:
        """Of the boxes, then of the crates."""
        found = [("Box", box) for box in self.boxes] + [("Crate", crate) for crate in self.crates]
        rows = [self.bench.model.store.find(*key) for key in found]
        return [row.version for row in rows if row]

    def raised(self, method: str, body: dict[str, object] | None = None) -> list[int]:
        """By how much a request about the item raises them."""
        before = self.versions()
        extra = {} if body is None else {"body": body}
        answer = self.bench.send("ann", method, f"/items/{self.item}", **extra)  # type: ignore[arg-type]
        assert answer.status < 300, answer.text
        return [new - old for new, old in zip(self.versions(), before, strict=True)]


@pytest.fixture
def stacks() -> Stacks:
    return Stacks()


def test_a_change_raises_all_that_sum_it_up_and_no_other(stacks: Stacks) -> None:
    assert stacks.raised("PATCH", {"count": 5}) == [1, 0, 1, 0]


def test_what_nobody_sums_up_raises_nothing_else(stacks: Stacks) -> None:
    assert stacks.raised("PATCH", {"note": "new"}) == [0, 0, 0, 0]


def test_a_move_raises_where_it_was_and_where_it_is(stacks: Stacks) -> None:
    assert stacks.raised("PATCH", {"crate_id": stacks.crates[1]}) == [1, 1, 1, 1]


def test_a_deletion_raises_where_it_was(stacks: Stacks) -> None:
    assert stacks.raised("DELETE") == [1, 0, 1, 0]

"""Renames and recomputed values in an order that works."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from local_engine.generator.emit.relational.migration.ordering import (
    dependency_order,
    rename_order,
)

NAMES = st.sampled_from("abcdefg")


@given(st.lists(NAMES, unique=True), st.randoms())
def test_no_rename_meets_a_name_in_use(old: list[str], chance: st.DataObject) -> None:
    new = list("abcdefgxyz")
    chance.shuffle(new)  # type: ignore[attr-defined]
    wanted = {was: now for was, now in zip(old, new, strict=False) if was != now}
    bystanders = set(old) - set(wanted)
    wanted = {was: now for was, now in wanted.items() if now not in bystanders}
    standing = {name: name for name in old}
    for was, now in rename_order(wanted.items()):
        assert now not in standing
        standing[now] = standing.pop(was)
    assert {origin: name for name, origin in standing.items()} == {
        name: wanted.get(name, name) for name in old
    }


@given(st.dictionaries(NAMES, st.lists(NAMES)))
def test_what_is_read_comes_first(reads: dict[str, list[str]]) -> None:
    order = dependency_order(reads)
    assert sorted(order) == sorted(reads)
    acyclic = {key: [other for other in others if other < key] for key, others in reads.items()}
    order = dependency_order(acyclic)
    for key, others in acyclic.items():
        for other in others:
            if other in acyclic:
                assert order.index(other) < order.index(key)

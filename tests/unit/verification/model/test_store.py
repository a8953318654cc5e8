"""Copies of a store share what neither side has written, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

from local_engine.verification.model.store import Row, Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def row(id_: str, **values: object) -> Row:
    return Row("Line", id_, values, NOW, NOW)


def store(*rows: Row) -> Store:
    made = Store()
    for one in rows:
        made.put(one)
    return made


def ids(found: Store, order: str) -> list[str]:
    return [one.id for one in found.referring("Line", "order", order)]


def test_what_one_side_writes_the_other_does_not_see() -> None:
    first = store(row("1", order="a"))
    second = first.fork()
    second.put(row("2", order="a"))
    first.put(row("1", order="b"))
    third = second.fork()
    third.remove(row("1"))
    third.link(("Line", "tags"), frozenset({("2", "t")}))
    assert [one.id for one in first.rows("Line")] == ["1"]
    assert [one.values["order"] for one in second.rows("Line")] == ["a", "a"]
    assert [one.id for one in third.rows("Line")] == ["2"]
    assert not second.links


def test_rows_that_refer_are_found_as_things_are_now() -> None:
    first = store(row("1", order="a"), row("2", order="b"), row("3", order="a"))
    assert (ids(first, "a"), ids(first, "c")) == (["1", "3"], [])
    second = first.fork()
    second.put(row("1", order="b"))
    second.put_all("Line", {one.id: one for one in [*second.rows("Line"), row("4", order="a")]})
    assert ids(second, "a") == ["3", "4"]
    assert ids(second, "b") == ["1", "2"]
    assert ids(first, "a") == ["1", "3"]


def test_what_was_worked_out_is_kept_until_the_next_write() -> None:
    first = store(row("1", order="a"))
    worked_out = []

    def count(of: Store) -> int:
        def work_out() -> int:
            worked_out.append(of)
            return len(list(of.rows("Line")))

        return of.once("count", work_out)

    second = first.fork()
    assert (count(first), count(second), count(first)) == (1, 1, 1)
    assert len(worked_out) == 1
    second.put(row("2", order="a"))
    assert (count(first), count(second)) == (1, 2)
    second.remove(row("2"))
    assert (count(first), count(second)) == (1, 1)
    first.link(("Line", "tags"), frozenset())
    assert (count(first), len(worked_out)) == (1, 4)

"""The table of breaches has every kind in every example where it can be made."""

from __future__ import annotations

import pytest
from breach_table import TABLE
from breaches import EXAMPLES

from local_engine.generator.blueprint import Application, load
from local_engine.generator.blueprint.resolved import Member, UserAt

BY_NUMBER = {path.name[:2]: path.name for path in EXAMPLES.glob("[0-9]*")}
EVERYWHERE = tuple(sorted(BY_NUMBER))
OWNED = ("02", "03", "04", "05", "07", "08", "09", "10", "12")

# Which breach must be there in which example.
WANTED = {
    "ownership-read": OWNED,
    "ownership-list": OWNED,
    "ownership-update": OWNED,
    "ownership-delete": OWNED,
    "role": ("03", "04", "07", "08", "12"),
    "rule": ("04", "05", "06", "08", "09", "10", "11"),
    "race": ("04", "05", "06", "09", "10", "11"),
    "transition": ("03", "05", "07", "10"),
    "private-field": EVERYWHERE,
    "owner-from-body": EVERYWHERE,
    "page-limit": EVERYWHERE,
    "audience": EVERYWHERE,
    "refresh-reuse": EVERYWHERE,
    "failed-commit": EVERYWHERE,
    "accounts": ("01",),
}
# And where it cannot be made, as its Blueprint says: see `_impossible`.
NOT_THERE = {
    ("07", "ownership-read"),  # all salespeople and managers read everything
    ("07", "ownership-list"),
    ("07", "ownership-delete"),  # managers delete, whose it ever is
    ("09", "ownership-delete"),  # nobody deletes
    ("10", "ownership-delete"),  # receptionists delete
    ("11", "owner-from-body"),  # what has an owner is made by operations, which take none
}


def _application(number: str) -> Application:
    text = (EXAMPLES / BY_NUMBER[number] / "blueprint.yaml").read_text("utf-8")
    return load(text).application


def _impossible(number: str, kind: str) -> bool:
    """Whether the Blueprint has nothing in which this breach could be made."""
    entities = _application(number).own_entities
    if kind == "owner-from-body":
        return not any(entity.owner and "create" in entity.actions for entity in entities)
    action = kind.removeprefix("ownership-")
    return not any(
        isinstance(clause.actor, UserAt | Member)
        for entity in entities
        if action in entity.actions
        for clause in entity.access[action].clauses
    )


@pytest.mark.parametrize(
    ("number", "kind"),
    [(number, kind) for kind, numbers in WANTED.items() for number in numbers],
)
def test_every_breach_is_in_the_table_or_impossible(number: str, kind: str) -> None:
    there = any(row.example == BY_NUMBER[number] and row.kind == kind for row in TABLE)
    if (number, kind) in NOT_THERE:
        assert _impossible(number, kind)
        assert not there
    else:
        assert there


def test_rows_have_names_of_their_own() -> None:
    ids = [row.id for row in TABLE]
    assert len(ids) == len(set(ids))


def test_the_sample_has_every_kind_of_breach() -> None:
    sample = [row for row in TABLE if row.standard]
    assert {row.kind.partition("-")[0] for row in sample} == {
        kind.partition("-")[0] for kind in WANTED
    }
    assert 10 <= len(sample) <= 14

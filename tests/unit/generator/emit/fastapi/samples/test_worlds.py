"""Samples keep the limits of their field, differ by number, and make up worlds that hold."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import golden
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_engine.generator.blueprint import load
from local_engine.generator.blueprint.resolved import Field, FieldType
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.fastapi.samples.patterns import text_for
from local_engine.generator.emit.fastapi.samples.values import as_json, candidates, sample
from local_engine.generator.emit.fastapi.samples.world import World

_TEXT_TYPES = [FieldType.STRING, FieldType.TEXT, FieldType.SLUG]


@given(st.sampled_from(_TEXT_TYPES), st.integers(0, 40), st.integers(0, 60), st.integers(0, 30))
def test_texts_have_the_length_asked_for(
    kind: FieldType, least: int, more: int, number: int
) -> None:
    most = max(least + more, 2)
    found = sample(Field("some_name", kind, minimum=least, maximum=most), number)
    assert least <= len(found) <= most
    if kind is FieldType.SLUG:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", found)


@given(st.integers(-100, 100), st.integers(0, 100), st.integers(0, 30))
def test_numbers_stay_between_their_ends(least: int, more: int, number: int) -> None:
    for kind in (FieldType.INTEGER, FieldType.MONEY, FieldType.DECIMAL):
        limits: dict[str, Any] = {"minimum": least, "maximum": least + more}
        if kind is not FieldType.INTEGER:
            limits = {name: Decimal(value) / 4 for name, value in limits.items()}
        field = Field("amount", kind, **limits)
        for value in (sample(field, number), *candidates(field, number)):
            assert limits["minimum"] <= value <= limits["maximum"]


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [("[A-Z]{2}[0-9]{13,32}", 0, 255), ("a|b", 0, 1), ("[^a]x*", 5, 8), ("(?:ab)+-[.]", 6, 99)],
)
def test_texts_for_patterns_match_and_differ(pattern: str, least: int, most: int) -> None:
    found = [text_for(pattern, number, least, most) for number in range(3)]
    assert all(re.fullmatch(pattern, text) and least <= len(text) <= most for text in found)
    if pattern != "a|b" and "ab" not in pattern:
        assert len(set(found)) == 3


def test_a_pattern_that_nothing_can_match() -> None:
    with pytest.raises(ValueError, match="found no text"):
        text_for("abc", 0, 4, 9)


def test_decimals_have_the_places_of_their_field() -> None:
    assert as_json(Decimal("4.5"), Field("price", FieldType.MONEY), 2) == "4.50"
    assert as_json(Decimal(4), Field("price", FieldType.MONEY), 0) == "4"
    assert as_json(Decimal(4), Field("share", FieldType.DECIMAL, places=1), 2) == "4.0"


@pytest.mark.parametrize("name", golden.SOURCES)
def test_every_row_that_requests_can_make_is_planned(name: str) -> None:
    application = load(golden.SOURCES[name].read_text(encoding="utf-8")).application
    world = World(Resources(application))
    planned = {entity.name for entity in application.own_entities if world.row(entity.name)}
    creatable = {
        entity.name for entity in application.own_entities if not entity.access["create"].nobody
    }
    assert planned == creatable


def test_plans_know_who_may_do_what() -> None:
    application = load(golden.SOURCES["clinics"].read_text(encoding="utf-8")).application
    world = World(Resources(application))
    patient = world.row("Patient")
    assert patient is not None
    assert patient.creator.name == "staff_receptionist"
    assert world.admits(patient.creator, patient, "update")
    assert not world.admits(patient.creator, patient, "delete")
    assert world.admits(world.people["owner"], patient, "delete")
    assert not world.admits(world.people["second"], patient, "read")

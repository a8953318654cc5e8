"""Demo data: lifelike within the limits of fields, and never more than may be there."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_engine.generator.blueprint import load
from local_engine.generator.blueprint.resolved import Entity, Field, FieldType
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.fastapi.samples.demo import Demo
from local_engine.generator.emit.fastapi.samples.lifelike import lifelike

EXAMPLES = Path(__file__).parents[6] / "docs" / "examples"
PRODUCT = Entity("Product", "products", "products", {}, {}, {}, {}, {})


def demo(name: str) -> Demo:
    (found,) = [*EXAMPLES.glob(f"{name}/blueprint.yaml"), *EXAMPLES.glob(f"language/{name}.yaml")]
    return Demo(Resources(load(found.read_text()).application))


def counts(found: Demo) -> Counter[str]:
    return Counter(row.resource.name for row in found.rows)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 40))
def test_texts_and_numbers_stay_within_their_limits(least: int, more: int, number: int) -> None:
    most = max(least + more, 1)
    for name in ("name", "title", "description", "city", "whatever"):
        for kind in (FieldType.STRING, FieldType.TEXT):
            text = lifelike(Field(name, kind, minimum=least, maximum=most), PRODUCT, number)
            assert least <= len(text) <= most
    for kind in (FieldType.INTEGER, FieldType.MONEY):
        ends: dict[str, Any] = {"minimum": least, "maximum": most}
        if kind is FieldType.MONEY:
            ends = {end: Decimal(value) for end, value in ends.items()}
        amount = lifelike(Field("stock", kind, **ends), PRODUCT, number)
        assert least <= amount <= most


def test_values_are_like_those_of_the_thing() -> None:
    name = Field("name", FieldType.STRING, maximum=80)
    assert [lifelike(name, PRODUCT, n) for n in (0, 1, 16)] == [
        "Enamel mug",
        "Desk lamp",
        "Enamel mug 2",
    ]
    email = Field("contact", FieldType.EMAIL, maximum=254)
    assert lifelike(email, PRODUCT, 0) == "ada.byron@example.com"


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("01-todo", {"Todo"}),
        ("05-online-store", {"Product", "Order", "OrderLine"}),
        ("12-project-tracker", {"Board", "Card", "Label"}),
        ("clinics", {"Patient", "Appointment"}),
    ],
)
def test_there_is_more_than_a_page_of_what_people_look_at(name: str, kinds: set[str]) -> None:
    found = counts(demo(name))
    assert all(found[kind] > 20 for kind in kinds)


def test_a_tenants_founder_is_not_added_once_more() -> None:
    found = demo("12-project-tracker")
    members = [row.values["user"] for row in found.rows if row.resource.name == "Membership"]
    (tenant,) = [row for row in found.rows if row.resource.name == "Organisation"]
    assert len({*members, tenant.creator}) == len(members) + 1


def test_what_sends_mail_is_not_done() -> None:
    moved = {move.transition.name for move in demo("bakery").moves}
    assert "place" in moved
    assert "ready" not in moved  # it tells the customer

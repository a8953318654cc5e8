"""What is known beforehand of transitions, operations and rules: the stories that tests tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_engine.generator.blueprint import load
from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.fastapi.samples.stories import Act, Stories, Story
from local_engine.generator.emit.fastapi.samples.variants import RuleTrial, Variants
from local_engine.generator.emit.fastapi.samples.world import World

EXAMPLES = Path(__file__).parents[6] / "docs" / "examples"


def application(name: str) -> Application:
    (found,) = [*EXAMPLES.glob(f"{name}/blueprint.yaml"), *EXAMPLES.glob(f"language/{name}.yaml")]
    return load(found.read_text()).application


def told(story: Story) -> tuple[str, ...]:
    """What was made and done before, and what came of it."""
    steps = [s.action.name if isinstance(s, Act) else s.row.name for s in story.before]
    return (*steps, story.refusal.rule if story.refusal else "done")


def transitions(name: str, entity: str) -> dict[str, list[tuple[str, ...]]]:
    world = World(Resources(application(name)))
    row = world.row(entity)
    assert row is not None
    states = row.resource.entity.states
    assert states is not None
    stories = Stories(world)
    return {one: [told(s) for s in stories.of_transition(row, one)] for one in states.transitions}


def operations(name: str) -> dict[str, list[tuple[str, ...]]]:
    found = application(name)
    stories = Stories(World(Resources(found)))
    return {
        one.name: [told(s) for s in stories.of_operation(one)] for one in found.operations.values()
    }


def rules(name: str, entity: str) -> dict[str, RuleTrial]:
    world = World(Resources(application(name)))
    row = world.row(entity)
    assert row is not None
    return {trial.rule: trial for trial in Variants(world).of_rules(row)}


def test_a_transition_succeeds_once_what_it_requires_is_there() -> None:
    assert transitions("05-online-store", "Order") == {
        "place": [
            ("order", "order.place.require"),
            ("order", "order_line", "done"),
            ("order", "order_line", "place", "order.status"),
        ],
        "ship": [("order", "order.status"), ("order", "order_line", "place", "done")],
        "cancel": [("order", "order.status"), ("order", "order_line", "place", "done")],
    }


def test_long_ways_through_states_are_found() -> None:
    win = transitions("07-sales-crm", "Deal")["win"]
    assert ("deal", "mark_contacted", "make_offer", "done") in win


def test_operations_are_told_with_what_comes_before_them() -> None:
    found = operations("09-wallet")
    assert found["deposit"] == [("done",)]
    assert found["withdraw"] == [("account.balance.never_below",), ("deposit", "done")]
    assert set(found["transfer"]) == {
        ("account.balance.never_below",),
        ("transfer.require",),
        ("deposit", "done"),
    }


@pytest.mark.parametrize(
    ("name", "entity", "rule", "status"),
    [
        ("clinics", "Appointment", "appointment.check", 422),
        ("clinics", "Appointment", "appointment.no_overlap", 409),
        ("clinics", "Patient", "patient.insurance_no.unique", 409),
        ("06-university", "Enrollment", "enrollment.at_most", 409),
        ("10-hotel-bookings", "Room", "room.unique", 409),
    ],
)
def test_rules_are_tried(name: str, entity: str, rule: str, status: int) -> None:
    trial = rules(name, entity)[rule]
    assert trial.status == status
    assert trial.alone == (status == 422)


def test_a_full_course_is_tried_by_somebody_else() -> None:
    trials = rules("06-university", "Enrollment")
    assert trials["enrollment.at_most"].refused.person.name == "second"


def test_what_depends_on_the_clock_is_not_told() -> None:
    text = """
name: Doors
entities:
  Door:
    owner: holder
    fields: {opens_at: datetime}
    relations: {holder: {to: User}}
    states:
      initial: shut
      transitions:
        open: {from: shut, to: opened, by: owner, require: "now() > opens_at"}
        close: {from: opened, to: shut, by: owner}
    access: {list: owner, read: owner, create: authenticated}
"""
    world = World(Resources(load(text.replace("opens_at: datetime",
        "opens_at: {type: datetime, max: 2030-01-01T00:00:00Z, min: 2029-01-01T00:00:00Z}"
    )).application))  # fmt: skip
    row = world.row("Door")
    assert row is not None
    stories = Stories(world)
    assert list(stories.of_transition(row, "open")) == []
    assert [told(one) for one in stories.of_transition(row, "close")] == [("door", "door.status")]

"""Two Blueprints compared, in words."""

from __future__ import annotations

from pathlib import Path

from local_engine.generator.blueprint import Blueprint, Change, differences, load

TEXT = Path("docs/examples/language/clinics.yaml").read_text()


def _changed(*pairs: tuple[str, str]) -> list[str]:
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return [str(found) for found in differences(load(TEXT).blueprint, load(text).blueprint)]


def test_nothing_has_changed() -> None:
    assert _changed() == []
    assert _changed(("name: {type: string, max: 120}", "name: {max: 120, type: string}")) == []


def test_fields() -> None:
    note = "      note: {type: text, optional: true}\n"
    assert _changed(
        ("starts_at: datetime\n", "starts_at: {type: datetime, immutable: true}\n"),
        ("      ends_at: datetime\n", f"      ends_at: datetime\n{note}"),
        ("insurance_no: {type: string,", "insurance_no: {type: string, max: 20,"),
    ) == [
        "Patient.insurance_no: new `max`: 20",
        "Appointment.starts_at: new `immutable`: true",
        "Appointment: new field `note`: {type: text, optional: true}",
    ]  # fmt: skip


def _at_most(number: int) -> str:
    where = "status == 'booked' and starts_at > now()"
    return f'{{at_most: {number}, per: patient, where: "{where}"}}'


def test_rules() -> None:
    check = "      - {check: ends_at > starts_at}\n"
    assert _changed(("at_most: 3", "at_most: 4"), (check, "")) == [
        f"Appointment: new rule: {_at_most(4)}",
        "Appointment: rule removed: {check: ends_at > starts_at}",
        f"Appointment: rule removed: {_at_most(3)}",
    ]


def test_renames() -> None:
    before = Blueprint.model_validate(
        {"name": "A", "entities": {"Cat": {"fields": {"name": "string", "age": "integer"}}}}
    )
    after = Blueprint.model_validate(
        {
            "name": "A",
            "entities": {
                "Pet": {
                    "was": "Cat",
                    "fields": {"title": {"type": "string", "was": "name"}, "age": "decimal"},
                }
            },
        }
    )
    found = differences(before, after)
    assert [(item.change, item.before, item.after) for item in found] == [
        (Change.RENAMED, "Cat", "Pet"),
        (Change.RENAMED, "name", "title"),
        (Change.CHANGED, "integer", "decimal"),
    ]
    assert [str(item) for item in found] == [
        "Entity `Pet` renamed (was Cat)",
        "Pet: field `title` renamed (was name)",
        "Pet.age: `type` is now decimal (was integer)",
    ]


def test_everything_added_is_removed_the_other_way_round() -> None:
    one = load(TEXT).blueprint
    other = load(Path("docs/examples/language/bank.yaml").read_text()).blueprint
    there, back = differences(one, other), differences(other, one)
    added = {item.path for item in there if item.change is Change.ADDED}
    removed = {item.path for item in back if item.change is Change.REMOVED}
    assert added == removed

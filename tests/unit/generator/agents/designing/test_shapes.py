"""Shapes of answers: shallow, in every dialect, and back to the Blueprint's plain form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local_engine.generator.agents.designing.coercion import field_data, settle_names
from local_engine.generator.agents.designing.faults import annotated, place_of, pointer, steps_of
from local_engine.generator.agents.designing.forms import (
    KINDS,
    action_form,
    behaviour_form,
    outline_form,
    structure_form,
)
from local_engine.generator.agents.designing.shapes import Thing, shape_of, whole_schema
from local_engine.generator.agents.providers import Fault
from local_engine.generator.agents.providers.schemas import gemini_dialect, strict_dialect
from local_engine.generator.agents.providers.usage import estimated_tokens
from local_engine.generator.blueprint.model import Field, Operation

FORMS = {
    "outline": outline_form(),
    "structure": structure_form(),
    "behaviour": behaviour_form(),
    **{kind: action_form(kind) for kind in KINDS},
}
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def depth(schema: dict[str, Any], definitions: dict[str, Any]) -> int:
    """How many objects stand in one another."""
    if "$ref" in schema:
        return depth(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    inner = [*schema.get("properties", {}).values()]
    inner += [schema["items"]] if "items" in schema else []
    deepest = max((depth(part, definitions) for part in inner), default=0)
    return deepest + int(schema.get("type") == "object")


def free_names(schema: Any) -> Iterator[Any]:
    if isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            yield schema
        for inner in schema.values():
            yield from free_names(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from free_names(inner)


@every_form
def test_form_is_shallow_small_and_in_every_dialect(form: Thing) -> None:
    schema = whole_schema(form)
    assert list(free_names(schema)) == []
    assert depth(schema, schema.get("$defs", {})) <= 8, "strict modes allow ten"
    assert estimated_tokens(json.dumps(schema)) < 3_200, "fits into a minute of a free plan"
    assert gemini_dialect(schema)["type"] == "object"
    assert strict_dialect(schema)["additionalProperties"] is False


def test_keys_are_those_of_the_blueprint() -> None:
    aliases = {info.alias or name for name, info in Field.model_fields.items()}
    assert set(shape_of(Field).keys) == aliases - {"was", "description"}
    assert shape_of(Field).needed == ("type",)


def test_what_was_meant_is_understood() -> None:
    shape = shape_of(Field)
    given = {"TYPE": "Integer", "max": 5, "optional": "true", "nonsense": 1, "editable_by": "admin"}
    coerced = shape.coerced(given)
    assert coerced == {"type": "integer", "max": "5", "optional": True, "editable_by": ["admin"]}
    assert field_data(shape.plain(coerced)) == {
        "type": "integer",
        "max": 5,
        "optional": True,
        "editable_by": ["admin"],
    }


def test_names_and_pairs_become_mappings() -> None:
    effect = {"create": "Entry as e", "with": [{"name": "amount", "value": "input.amount"}]}
    value = {"input": [{"name": "amount", "type": "money"}], "effects": [effect], "returns": ""}
    assert shape_of(Operation).plain(value) == {
        "input": {"amount": {"type": "money"}},
        "effects": [{"create": "Entry as e", "with": {"amount": "input.amount"}}],
    }


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        ("boolean", "false", False),
        ("integer", "3", 3),
        ("string", "'new'", "new"),
        ("date", "today() + days(14)", "today() + days(14)"),
        ("list", '["a", "b"]', ["a", "b"]),
        ("text", "null", None),
    ],
)
def test_default_is_read_by_the_type(kind: str, written: str, meant: Any) -> None:
    assert field_data({"type": kind, "default": written}).get("default") == meant


def test_entities_get_proper_names() -> None:
    value = {"entities": [{"name": "order line", "fields": [{"name": "Unit Price"}]}]}
    settle_names(value)
    assert value["entities"][0]["name"] == "OrderLine"
    assert value["entities"][0]["fields"] == [{"name": "unit_price"}]


def test_fault_stands_beside_the_value() -> None:
    answer = {"entities": [{"name": "Todo", "fields": [{"name": "title", "max": "ten"}]}]}
    place = place_of(answer, steps_of("entities.Todo.fields.title.max"))
    text = annotated(answer, [Fault(pointer(place), "This is\nno number.")])
    (line,) = [line for line in text.splitlines() if "WRONG" in line]
    assert line.strip() == '"max": "ten"  // WRONG: This is no number.'
    without = "\n".join(line.partition("  // WRONG")[0] for line in text.splitlines())
    assert without.count('"') == json.dumps(answer).count('"')


def test_place_that_the_answer_does_not_have_is_the_nearest_one() -> None:
    answer = {"entities": [{"name": "Todo", "fields": []}]}
    assert place_of(answer, steps_of("entities.Todo.rules[2].check")) == ("entities", 0)
    assert place_of(answer, steps_of("tenancy.user")) == ()

"""The dialects of JSON Schema, and the way back from strict mode's nulls."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_engine.generator.agents.providers.schemas import (
    UnsupportedSchema,
    gemini_dialect,
    strict_dialect,
    without_nulls,
)

TREE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^a", "default": "a"},
        "kind": {"const": "leaf"},
        "none": {"type": ["string", "null"]},
        "children": {"type": "array", "maxItems": 900, "items": {"$ref": "#/$defs/Tree"}},
        "first": {"$ref": "#/$defs/Tree", "description": "the first of them"},
        "either": {"oneOf": [{"type": "integer", "minimum": 0}, {"$ref": "#/$defs/Tree"}]},
        "one": {"allOf": [{"$ref": "#/$defs/Tree"}], "title": "One"},
    },
    "required": ["name"],
    "additionalProperties": False,
}
SCHEMA: dict[str, Any] = {**TREE, "$defs": {"Tree": TREE}}

STRICT = jsonschema.Draft202012Validator(strict_dialect(SCHEMA))
WHOLE = jsonschema.Draft202012Validator(SCHEMA)


def test_gemini_dialect_says_what_gemini_reads() -> None:
    made = gemini_dialect(SCHEMA)
    properties = dict(made["properties"])
    children = [properties.pop("children"), made["$defs"]["Tree"]["properties"]["children"]]
    assert properties == {
        "name": {"type": "string"},
        "kind": {"enum": ["leaf"]},
        "none": {"type": ["string", "null"]},
        "first": {"$ref": "#/$defs/Tree"},
        "either": {"oneOf": [{"type": "integer", "minimum": 0}, {"$ref": "#/$defs/Tree"}]},
        "one": {"$ref": "#/$defs/Tree"},
    }
    assert [child["items"] for child in children] == [{"$ref": "#/$defs/Tree"}] * 2
    assert sorted(child.get("maxItems", 0) for child in children) == [0, 900]


def test_schema_itself_is_left_as_it_is() -> None:
    before = repr(SCHEMA)
    gemini_dialect(SCHEMA)
    strict_dialect(SCHEMA)
    assert repr(SCHEMA) == before


def test_a_field_may_be_named_as_a_keyword() -> None:
    fields = {name: {"type": "string"} for name in ("$ref", "const", "pattern", "properties")}
    schema = {"type": "object", "properties": fields, "required": list(fields)}
    assert gemini_dialect(schema)["properties"] == fields
    assert strict_dialect(schema)["properties"] == fields


def test_strict_dialect_requires_everything_and_allows_null_instead() -> None:
    made = strict_dialect(SCHEMA)
    assert set(made["required"]) == set(TREE["properties"])
    assert made["properties"]["name"] == {"type": "string"}
    assert made["properties"]["kind"] == {"anyOf": [{"enum": ["leaf"]}, {"type": "null"}]}
    assert made["properties"]["none"] == {"type": ["string", "null"]}
    assert made["$defs"]["Tree"]["additionalProperties"] is False


def test_strict_dialect_has_no_free_names() -> None:
    with pytest.raises(UnsupportedSchema, match="list of pairs"):
        strict_dialect({"type": "object", "additionalProperties": {"type": "string"}})


trees = st.recursive(
    st.fixed_dictionaries({"name": st.just("ab")}, optional={"kind": st.just("leaf")}),
    lambda inner: st.fixed_dictionaries(
        {"name": st.just("ab")},
        optional={
            "none": st.sampled_from([None, "x"]),
            "children": st.lists(inner, max_size=2),
            "first": inner,
            "either": st.one_of(st.integers(0, 9), inner),
            "one": inner,
        },
    ),
    max_leaves=6,
)


def filled(tree: dict[str, Any]) -> dict[str, Any]:
    """The tree as strict mode makes a model write it."""

    def deeper(value: Any) -> Any:
        if isinstance(value, list):
            return [deeper(item) for item in value]
        return filled(value) if isinstance(value, dict) else value

    return {name: deeper(tree.get(name)) for name in TREE["properties"]}


@settings(max_examples=40)
@given(trees)
def test_nulls_of_strict_mode_go_and_nothing_else(tree: dict[str, Any]) -> None:
    strict = filled(tree)
    assert STRICT.is_valid(strict)
    cleaned = without_nulls(strict, SCHEMA)
    assert WHOLE.is_valid(cleaned)

    def with_meant_nulls(value: Any) -> Any:
        if isinstance(value, list):
            return [with_meant_nulls(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {"none": None} | {name: with_meant_nulls(one) for name, one in value.items()}

    assert cleaned == with_meant_nulls(tree)

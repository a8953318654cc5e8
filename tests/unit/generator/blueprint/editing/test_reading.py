"""Edits as JSON: what is understood, what is refused, and the schema that says so beforehand."""

from __future__ import annotations

import json
from typing import Any, get_args

import jsonschema
import pytest

from local_engine.generator.blueprint.editing import (
    Edit,
    EditsRefused,
    edit_json_schema,
    read_edits,
    write_edits,
)

GOOD: list[dict[str, Any]] = [
    {"edit": "set_product", "name": "Shop"},
    {"edit": "add_field", "entity": "Order", "field": "x", "definition": "string"},
    {"edit": "change_field", "entity": "Order", "field": "x", "set": {"max": 3, "unique": None}},
    {"edit": "add_rule", "entity": "Order", "rule": {"at_most": "course.seats", "per": "course"}},
    {"edit": "set_access", "entity": "Order", "action": "read", "actors": ["owner", "admin"]},
    {"edit": "set_owner", "entity": "Order", "owner": None},
    {"edit": "remove_operation", "name": "deposit"},
]


@pytest.mark.parametrize("edit", GOOD, ids=lambda edit: edit["edit"])
def test_what_is_read_fits_the_schema_and_is_written_alike(edit: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(edit_json_schema()).validate([edit])
    assert json.loads(write_edits(read_edits(json.dumps(edit)))) == [edit]


def test_the_schema_names_every_kind_and_refuses_unknown_keys() -> None:
    schema = edit_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    known = set(schema["items"]["discriminator"]["mapping"])
    models = get_args(get_args(Edit)[0])
    kinds = {kind for model in models for kind in get_args(model.model_fields["edit"].annotation)}
    assert known == kinds
    validator = jsonschema.Draft202012Validator(schema)
    for wrong in ({**GOOD[0], "nme": 1}, {**GOOD[2], "set": {"maxi": 3}}, {"edit": "add_feild"}):
        assert not validator.is_valid([wrong])


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("{", ["edits: This is not JSON"]),
        ("[NaN]", ["edits: This is not JSON: NaN is not a number."]),
        ("[1]", ["edits[0]: "]),
        ('{"edit": "add_feild"}',
         ["edits[0].edit: There is no edit `add_feild`. Did you mean `add_field`?"]),
        ('{"entity": "Order"}', ["edits[0]: Say which kind of edit this is"]),
        ('[{"edit": "remove_entity", "entty": "A"}, {"edit": "remove_entity"}]',
         ["edits[0].entty: There is no key `entty` here. Did you mean `entity`?",
          "edits[1]: `entity` is missing."]),
        ('{"edit": "change_field", "entity": "A", "field": "b", "set": {"maxx": 3}}',
         ["edits[0].set.maxx: There is no key `maxx` here. Did you mean `max`?"]),
        ('{"edit": "add_field", "entity": "A", "field": "b", "definition": {"type": "strng"}}',
         ["edits[0].definition.type: "]),
        ('{"edit": "add_rule", "entity": "A", "rule": {"uniq": ["b"]}}',
         ["edits[0].rule: "]),
        ("[" * 100_000, ["edits: This is not JSON"]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place(text: str, problems: list[str]) -> None:
    with pytest.raises(EditsRefused) as caught:
        read_edits(text)
    found = [str(problem) for problem in caught.value.problems]
    assert len(found) == len(problems)
    for problem, begin in zip(found, problems, strict=True):
        assert problem.startswith(begin), problem

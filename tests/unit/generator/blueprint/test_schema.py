"""The JSON Schema agrees with the model: on all examples, and on what both refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sample_blueprints.broken import SHAPE
from sample_blueprints.shop import SHOP

from local_engine.generator.blueprint import blueprint_json_schema
from local_engine.generator.blueprint.yaml import read_yaml

FILES = sorted(Path("docs/examples").glob("*/*.yaml"))


@pytest.fixture(scope="module", name="validator")
def _validator() -> jsonschema.Draft202012Validator:
    schema = blueprint_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def _data(text: str) -> Any:
    source, problems = read_yaml(text)
    return None if problems.has_errors else json.loads(json.dumps(source.data, default=float))


@pytest.mark.parametrize("text", [SHOP, *(path.read_text() for path in FILES)])
def test_what_is_right_is_valid(validator: jsonschema.Draft202012Validator, text: str) -> None:
    assert [error.message for error in validator.iter_errors(_data(text))] == []


def test_what_the_model_refuses_is_invalid(validator: jsonschema.Draft202012Validator) -> None:
    accepted = []
    for case in SHAPE:
        data = _data(case.text)
        if data is not None and validator.is_valid(data):
            accepted.append(case.new)
    assert accepted == []


def test_every_key_is_described() -> None:
    schema = blueprint_json_schema()
    silent = [
        f"{name}.{key}"
        for name, model in {"Blueprint": schema, **schema["$defs"]}.items()
        for variant in (model, *model.get("anyOf", ()))
        for key, value in variant.get("properties", {}).items()
        if not value.get("description") and "$ref" not in value and key not in _INLINE
    ]
    assert silent == []


_INLINE = ("create", "set", "increase", "decrease", "delete", "email", "webhook", "to", "by",
           "else", "with")  # fmt: skip

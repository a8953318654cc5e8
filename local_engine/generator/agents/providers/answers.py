"""From the text of an answer to its value: leniently read, then held to the schema."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs

from local_engine.generator.agents.providers.errors import Fault, InvalidAnswer
from local_engine.generator.agents.providers.protocol import JsonSchema
from local_engine.generator.agents.providers.schemas import without_nulls

MAX_ANSWER_BYTES = 4_000_000
"""No model's output limit allows more; who sends more is not to fill our memory."""

_MAX_FAULTS = 20
_MAX_MESSAGE = 300


def value_of(text: str, schema: JsonSchema) -> Any:
    """The answer's value. Raises `InvalidAnswer`: no JSON, or not of the schema."""
    try:
        value = _json_of(text)
    except (ValueError, RecursionError):
        fault = Fault("", "This is no JSON object.")
        raise InvalidAnswer(
            "The model's answer is no JSON. Ask again, or ask another model.",
            text=text,
            faults=(fault,),
        ) from None
    value = storable(without_nulls(value, schema))
    faults = _faults(value, schema)
    if faults:
        raise InvalidAnswer(
            f"The model's answer is not what was asked for, at {faults[0].path or 'the top'}: "
            f"{faults[0].message}",
            text=text,
            value=value,
            faults=faults,
        )
    return value


def _json_of(text: str) -> Any:
    """The JSON object in a text, which may have a fence or words around it."""
    start = text.index("{")
    try:
        value, _ = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError:
        # Some words with a brace before it: what a fence encloses is meant.
        fence = text.index("```")
        value, _ = _DECODER.raw_decode(text, text.index("{", fence))
    return value


def storable(value: Any) -> Any:
    """The value without what JSON can say and no file and no database can keep."""
    match value:
        case str():
            return value.replace("\x00", "").encode("utf-8", "replace").decode()
        case list():
            return [storable(item) for item in value]
        case dict():
            return {storable(key): storable(item) for key, item in value.items()}
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _faults(value: Any, schema: JsonSchema) -> tuple[Fault, ...]:
    validator = jsonschema_rs.validator_for(dict(schema))
    found = []
    for error in validator.iter_errors(value):
        path = "".join(f"/{_escaped(step)}" for step in error.instance_path)
        found.append(Fault(path, error.message[:_MAX_MESSAGE]))
        if len(found) == _MAX_FAULTS:
            break
    return tuple(found)


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")

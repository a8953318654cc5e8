"""Edits as JSON: read with all problems at once, written, and their JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from local_engine.generator.blueprint.editing.applying import EditsRefused
from local_engine.generator.blueprint.editing.edit import BaseEdit
from local_engine.generator.blueprint.editing.kinds import Edit
from local_engine.generator.blueprint.problems import Path, Problem, Severity, closest, path_text

MAX_EDITS = 1_000
_ADAPTER: TypeAdapter[list[Any]] = TypeAdapter(list[Edit])
_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def read_edits(text: str) -> list[BaseEdit]:
    """The edits of a JSON text: one object, or a list of them.

    Raises EditsRefused with everything that is wrong with it.
    """
    try:
        data = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise EditsRefused([_problem(("edits",), f"This is not JSON: {error}.")]) from None
    return edits_of(data if isinstance(data, list) else [data])


def edits_of(data: Sequence[Any]) -> list[BaseEdit]:
    """The edits that plain data holds. Raises EditsRefused with everything that is wrong."""
    if len(data) > MAX_EDITS:
        message = f"These are {len(data)} edits; at most {MAX_EDITS} are applied at once."
        raise EditsRefused([_problem(("edits",), message)])
    try:
        return list(_ADAPTER.validate_python(list(data)))
    except ValidationError as error:
        found = [
            problem for one in error.errors(include_url=False) for problem in _problems(one, data)
        ]
        raise EditsRefused(found) from None


def write_edits(edits: Sequence[BaseEdit]) -> str:
    """Edits as JSON text that `read_edits` reads."""
    return json.dumps([edit.plain() for edit in edits], indent=2, default=_number)


def edit_json_schema() -> dict[str, Any]:
    """The JSON Schema of a list of edits."""
    return {"$schema": _SCHEMA, "title": "Edits", **_ADAPTER.json_schema(by_alias=True)}


def _number(value: object) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is not part of an edit")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _problems(details: ErrorDetails, data: Sequence[Any]) -> list[Problem]:
    path = _written(details, data)
    match details["type"]:
        case "unknown_keys":
            known: list[str] = details["ctx"]["known"]
            return [
                _problem(
                    (*path, key),
                    f"There is no key `{key}` here.",
                    closest(key, known),
                    "unknown-key",
                )
                for key in details["ctx"]["unknown"]
            ]
        case "missing":
            missing = str(details["loc"][-1])
            return [_problem(path, f"`{missing}` is missing.", None, "missing-key")]
        case "union_tag_invalid":
            tag = str(details["ctx"]["tag"])
            kinds = [word.strip(" '") for word in str(details["ctx"]["expected_tags"]).split(",")]
            message = f"There is no edit `{tag}`."
            return [_problem((*path, "edit"), message, closest(tag, kinds), "unknown-edit")]
        case "union_tag_not_found":
            message = "Say which kind of edit this is: `edit: add_field`, or what kind of part."
            return [_problem(path, message, None, "missing-key")]
        case _:
            return [_problem(path, f"{details['msg'].rstrip('.')}.")]


def _written(details: ErrorDetails, data: Sequence[Any]) -> Path:
    """Where a problem stands in the JSON: without the names of kinds."""
    path: Path = ("edits",)
    at: Any = data
    for step in details["loc"]:
        in_list = isinstance(at, list | tuple) and isinstance(step, int) and step < len(at)
        if (isinstance(at, dict) and step in at) or in_list:
            at, path = at[step], (*path, step)
    return path


def _problem(
    path: Path, message: str, suggestion: str | None = None, code: str = "wrong-kind"
) -> Problem:
    return Problem(path_text(path), None, None, message, suggestion, Severity.ERROR, code)

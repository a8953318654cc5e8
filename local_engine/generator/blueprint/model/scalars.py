"""Scalar types of the source model: expressions, limits, values, and one-or-many lists."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, PlainValidator
from pydantic.json_schema import JsonSchemaValue, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?")
_CONSTANTS = {"true": True, "false": False}


class ExpressionText(str):
    """An expression of the Blueprint (docs/blueprint.md §14) as it is written."""

    __slots__ = ()

    def plain(self) -> str | int | Decimal | bool:
        """As it is written in YAML: bare numbers, `true` and `false` need no quotes."""
        if self in _CONSTANTS:
            return _CONSTANTS[self]
        if _NUMBER.fullmatch(self):
            return Decimal(self) if "." in self else int(self)
        return str(self)

    @classmethod
    def _read(cls, value: Any) -> ExpressionText:
        if isinstance(value, bool):
            return cls("true" if value else "false")
        if isinstance(value, str | int | float | Decimal):
            return cls(value)
        raise PydanticCustomError("expression", "an expression is expected here")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._read, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": ["string", "number", "boolean"]}


def _number(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("number", "a number is expected here")


def _limit(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _number(value)
    raise PydanticCustomError("limit", "a number, a date or a time is expected here")


def _value(value: Any) -> Any:
    """Any YAML value; binary floats (from JSON) become exact decimals."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    return value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Number = Annotated[Any, PlainValidator(_number), WithJsonSchema({"type": "number"})]
"""An int or an exact Decimal."""

Limit = Annotated[Any, PlainValidator(_limit), WithJsonSchema({"type": ["number", "string"]})]
"""A number, or a date, time, datetime, duration or size written as a string."""

Value = Annotated[Any, PlainValidator(_value), WithJsonSchema({})]
"""Any YAML value."""

Listed = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])]
"""One name, or a list of names; always a list once read."""

"""Types of values in bodies beyond those of the core.

Choices, numbers other than zero, and the core's text forms so that they may stand beside None:
`Annotated[date, DATE] | None`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ..core import fields


@dataclass(frozen=True, slots=True)
class OneOf:
    """Only these values are taken: `Annotated[int, OneOf((-1, 1))]`."""

    choices: tuple[Any, ...]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        # A decimal is text in JSON and may be written with more digits than here.
        plain = all(isinstance(choice, str | int) for choice in self.choices)
        return {**handler(schema), **({"enum": list(self.choices)} if plain else {})}

    def check(self, value: Any) -> Any:
        """The value itself, if it is one of the choices."""
        if value not in self.choices:
            listed = ", ".join(str(choice) for choice in self.choices)
            raise PydanticCustomError("not_allowed", "Give one of: {listed}", {"listed": listed})
        return value


@dataclass(frozen=True, slots=True)
class NotZero:
    """Zero is refused: `Annotated[int, NOT_ZERO]`."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        return (
            described if described.get("type") == "string" else {**described, "not": {"const": 0}}
        )

    def check(self, value: Any) -> Any:
        """The number itself, unless it is zero."""
        if value == 0:
            raise PydanticCustomError("zero", "Give a number other than zero")
        return value


NOT_ZERO = NotZero()


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A text form of the core, equal to itself alone: unions ask their members for a hash."""

    form: fields.TextForm

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return self.form.__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return self.form.__get_pydantic_json_schema__(schema, handler)


DATE = Form(fields.DATE)
TIME = Form(fields.TIME)
DATETIME = Form(fields.DATETIME)
DURATION = Form(fields.DURATION)
ID = Form(fields.ID)
EMAIL = Form(fields.EMAIL)
URL = Form(fields.URL)

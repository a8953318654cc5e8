"""Operations and what they (and transitions) take as input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Tag
from pydantic import Field as Key

from local_engine.generator.blueprint.model.access import Actors, plain_listed
from local_engine.generator.blueprint.model.effect import Effect, Requirement
from local_engine.generator.blueprint.model.field import Field
from local_engine.generator.blueprint.model.node import Node


def _kind_of_input(value: Any) -> str:
    for key in ("ref", "rows"):
        if (isinstance(value, Mapping) and key in value) or key in getattr(
            type(value), "model_fields", {}
        ):
            return f"={key}"
    return "=value"


def _requirements(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def plain_requirements(items: list[Any]) -> Any:
    """A single requirement without brackets."""
    return items[0] if len(items) == 1 else items


class RefInput(Node):
    """An input that names a row."""

    ref: str = Key(description="The entity of the row.")
    access: Literal["read", "any", "owner"] = Key(
        default="read", description="Which rows: readable ones, any, or the caller's own."
    )
    optional: bool = Key(default=False, description="Whether it may be left out.")
    description: str = Key(default="", description="What it is, for people.")


Column = Annotated[
    Annotated[RefInput, Tag("=ref")] | Annotated[Field, Tag("=value")],
    Discriminator(_kind_of_input),
]


class RowsInput(Node):
    """An input that is a list of small objects."""

    rows: dict[str, Column] = Key(description="The fields and refs of each object.")
    min: int = Key(default=1, description="How many at least.")
    max: int = Key(default=100, description="How many at most.")
    description: str = Key(default="", description="What they are, for people.")


Input = Annotated[
    Annotated[RefInput, Tag("=ref")]
    | Annotated[RowsInput, Tag("=rows")]
    | Annotated[Field, Tag("=value")],
    Discriminator(_kind_of_input),
]

Requirements = Annotated[
    list[Requirement],
    BeforeValidator(_requirements, json_schema_input_type=Requirement | list[Requirement]),
]
"""One requirement, or a list of them."""


class Operation(Node):
    """Something people do that is more than writing one row."""

    description: str = Key(default="", description="What it does, for people.")
    on: str | None = Key(default=None, description="The entity whose row it is done with.")
    by: Actors | None = Key(default=None, description="Who may do it.")
    input: dict[str, Input] = Key(default={}, description="What is given.")
    require: Requirements = Key(default=[], description="What must hold before.")
    effects: list[Effect] = Key(default=[], description="What it does, in order; all or nothing.")
    returns: str | None = Key(
        default=None, description="A created row, an input, or `row`; nothing: no content."
    )
    idempotent: bool = Key(default=False, description="Whether an Idempotency-Key is required.")
    code: Literal["python"] | None = Key(
        default=None, description="An extension point instead of effects."
    )

    def plain(self) -> Any:
        """A single actor or requirement without brackets."""
        data = dict(self._plain_items())
        if "by" in data:
            data["by"] = plain_listed(data["by"])
        if "require" in data:
            data["require"] = plain_requirements(data["require"])
        return data

"""Effects: what transitions, operations, jobs and events do; and what they require before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, GetJsonSchemaHandler, Tag, model_validator
from pydantic import Field as Key
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from local_engine.generator.blueprint.model.node import Node, plain
from local_engine.generator.blueprint.model.scalars import ExpressionText
from local_engine.generator.blueprint.model.tagging import key_of

EFFECT_KEYS = ("each", "create", "set", "increase", "decrease", "delete", "email", "webhook")


def gather(value: Any, own_keys: tuple[str, ...]) -> Any:
    """Moves the keys of one effect that is written inline into `do`."""
    if not isinstance(value, Mapping) or "do" in value:
        return value
    inline = {key: item for key, item in value.items() if key not in own_keys}
    if not any(key in EFFECT_KEYS for key in inline):
        return value
    return {**{key: item for key, item in value.items() if key in own_keys}, "do": [inline]}


def spread(data: dict[str, Any], effects: list[Any], own_keys: tuple[str, ...]) -> dict[str, Any]:
    """The reverse of `gather`: a single effect is written inline where its keys allow it."""
    data.pop("do", None)
    written = [plain(effect) for effect in effects]
    if len(written) == 1 and not set(written[0]) & set(own_keys):
        return {**data, **written[0]}
    return {**data, "do": written}


class CreateEffect(Node):
    """Creates a row."""

    create: str = Key(description="`Entity` or `Entity as name`.")
    with_: dict[str, ExpressionText] = Key(
        default={}, alias="with", description="Its fields and relations."
    )


class SetEffect(Node):
    """Sets one field or relation."""

    set: str = Key(description="The path of the field.")
    to: ExpressionText = Key(description="Its new value.")


class IncreaseEffect(Node):
    """Adds to a number."""

    increase: str = Key(description="The path of the field.")
    by: ExpressionText = Key(description="How much.")
    else_: str | None = Key(default=None, alias="else", description="The message if refused.")


class DecreaseEffect(Node):
    """Subtracts from a number; refused where it would fall below the field's minimum."""

    decrease: str = Key(description="The path of the field.")
    by: ExpressionText = Key(description="How much.")
    else_: str | None = Key(default=None, alias="else", description="The message if refused.")


class DeleteEffect(Node):
    """Deletes a row."""

    delete: str = Key(description="The path of the row.")


class EmailEffect(Node):
    """Sends an e-mail."""

    email: str = Key(description="The template.")
    to: ExpressionText = Key(description="The address.")


class WebhookEffect(Node):
    """Calls a webhook."""

    webhook: str = Key(description="The webhook.")
    with_: dict[str, ExpressionText] = Key(default={}, alias="with", description="What is sent.")


class EachEffect(Node):
    """Does something for every row of a to-many relation or of a rows input."""

    each: str = Key(description="`lines as line`.")
    where: ExpressionText | None = Key(default=None, description="Only such rows.")
    do: list[Effect] = Key(
        default=[], description="The effects; a single one may be written inline instead."
    )

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, value: Any) -> Any:
        return gather(value, ("each", "where"))

    def plain(self) -> Any:
        """A single effect inline."""
        return spread(dict(self._plain_items()), self.do, ("each", "where", "do"))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return with_inline_effect(handler.resolve_ref_schema(handler(schema)))


def with_inline_effect(schema: JsonSchemaValue) -> JsonSchemaValue:
    """Adds the keys of an inline effect to the schema of a node that has `do`."""
    text: dict[str, Any] = {"type": ["string", "number", "boolean"]}
    inline: dict[str, Any] = {key: {"type": "string"} for key in EFFECT_KEYS if key != "each"}
    inline |= {"to": text, "by": text, "else": {"type": "string"}}
    inline["with"] = {"type": "object", "additionalProperties": text}
    schema["properties"] = {**inline, **schema["properties"]}
    return schema


Effect = Annotated[
    Annotated[EachEffect, Tag("=each")]
    | Annotated[CreateEffect, Tag("=create")]
    | Annotated[SetEffect, Tag("=set")]
    | Annotated[IncreaseEffect, Tag("=increase")]
    | Annotated[DecreaseEffect, Tag("=decrease")]
    | Annotated[DeleteEffect, Tag("=delete")]
    | Annotated[EmailEffect, Tag("=email")]
    | Annotated[WebhookEffect, Tag("=webhook")],
    Discriminator(key_of(*EFFECT_KEYS)),
]


class EntityEffect(Node):
    """An effect that follows a write of the entity's rows."""

    on: str = Key(description="create, update, delete, or a field or relation that changes.")
    if_: ExpressionText | None = Key(default=None, alias="if", description="Only then.")
    do: list[Effect] = Key(
        default=[], description="The effects; a single one may be written inline instead."
    )

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, value: Any) -> Any:
        return gather(value, ("on", "if", "if_"))

    def plain(self) -> Any:
        """A single effect inline."""
        return spread(dict(self._plain_items()), self.do, ("on", "if", "do"))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return with_inline_effect(handler.resolve_ref_schema(handler(schema)))


class Requirement(Node):
    """A condition before something is done; a plain expression is the short form."""

    check: ExpressionText = Key(description="The condition.")
    message: str | None = Key(default=None, description="What people are told otherwise.")

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, value: Any) -> Any:
        return value if isinstance(value, Mapping | Node) else {"check": value}

    def plain(self) -> Any:
        """The expression alone where there is no message."""
        data = dict(self._plain_items())
        return data["check"] if len(data) == 1 else data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        long_form = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [{"type": ["string", "boolean"]}, long_form]}


EachEffect.model_rebuild()
EntityEffect.model_rebuild()

"""The models that we know: their prices and limits, from one dated file beside this one."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from local_engine.generator.agents.providers.usage import Usage

ProviderName = Literal["gemini", "groq", "openai"]
"""Whose protocol is spoken; `openai` is also every server that is compatible with it."""

Answers = Literal["strict", "schema", "object", "prompt"]
"""How a model is held to a schema; models.toml says what each means."""

Effort = Literal["low", "medium", "high"]
Role = Literal["default", "cheap", "best"]

Today = Callable[[], datetime.date]


def utc_today() -> datetime.date:
    """The day by which providers charge."""
    return datetime.datetime.now(datetime.UTC).date()


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Price(_Row):
    """US dollars for a million tokens, from a day on."""

    since: Annotated[datetime.date, Field(alias="from")]
    input: Annotated[Decimal, Field(ge=0)]
    output: Annotated[Decimal, Field(ge=0)]


class Model(_Row):
    """A model: what it can do, at what price. Without prices, what it costs is not known."""

    provider: ProviderName
    name: str
    role: Role | None = None
    max_input: Annotated[int, Field(gt=0)] = 32_768
    max_output: Annotated[int, Field(gt=0)] = 8_192
    thinks: bool = False
    effort: Effort | None = None
    answers: Answers = "schema"
    streams: bool = True
    free_tokens_per_minute: int | None = None
    prices: tuple[Price, ...] = ()

    def price(self, day: datetime.date) -> Price | None:
        """The price that holds on a day; None when it is not known."""
        ordered = sorted(self.prices, key=lambda price: price.since)
        held = [price for price in ordered if price.since <= day] or ordered[:1]
        return held[-1] if held else None

    def used(
        self,
        input_tokens: int,
        output_tokens: int,
        thinking_tokens: int = 0,
        *,
        day: datetime.date,
        estimated: bool = False,
    ) -> Usage:
        """The usage with its cost, rounded up to a microdollar."""
        price = self.price(day)
        cost = None
        if price is not None:  # dollars for a million are microdollars for one
            exact = price.input * input_tokens + price.output * (output_tokens + thinking_tokens)
            cost = int(exact.to_integral_value(ROUND_CEILING))
        return Usage(input_tokens, output_tokens, thinking_tokens, cost, estimated)


class Catalog(_Row):
    """All models of the file, and the day on which it was compared with what providers say."""

    checked: datetime.date
    models: tuple[Model, ...]

    def find(self, provider: ProviderName, name: str) -> Model | None:
        """The model of that name, if we know it."""
        for model in self.models:
            if (model.provider, model.name) == (provider, name):
                return model
        return None

    def of_role(self, provider: ProviderName, role: Role = "default") -> Model:
        """The provider's model for a role, or its default one where no other plays it."""
        own = [model for model in self.models if model.provider == provider]
        default = next(model for model in own if model.role == "default")
        return next((model for model in own if model.role == role), default)


@cache
def catalog() -> Catalog:
    """The file's content."""
    text = resources.files(__package__).joinpath("models.toml").read_text("utf-8")
    return Catalog.model_validate(tomllib.loads(text, parse_float=Decimal))


def local_model(name: str, *, max_input: int = 32_768, max_output: int = 8_192) -> Model:
    """A model that a server on the user's own machine runs: it costs nothing."""
    free = Price.model_validate({"from": datetime.date.min, "input": 0, "output": 0})
    return Model(
        provider="openai", name=name, max_input=max_input, max_output=max_output, prices=(free,)
    )

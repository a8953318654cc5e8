"""Asks providers that talk to the stand-in, as a host would, and keeps what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from model_providers import KEY, ModelProviders
from pydantic import SecretStr

from local_engine.generator.agents.providers import (
    Answer,
    AnswerPart,
    Call,
    Event,
    Gemini,
    Groq,
    OpenAICompatible,
    Provider,
    ProviderError,
    Question,
)
from local_engine.generator.agents.providers.single import SingleModel

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "entities": {
            "type": "array",
            "maxItems": 6,
            "items": {"$ref": "#/$defs/Entity", "description": "one thing that is kept"},
        },
        "note": {"type": "string", "default": ""},
    },
    "required": ["entities"],
    "additionalProperties": False,
    "$defs": {
        "Entity": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "pattern": "^[A-Z]", "minLength": 1},
                "fields": {"type": "array", "items": {"$ref": "#/$defs/Field"}},
            },
            "required": ["name", "fields"],
            "additionalProperties": False,
        },
        "Field": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "kind": {"anyOf": [{"const": "string"}, {"const": "boolean"}]},
                "required": {"type": "boolean", "default": False},
                "of": {"$ref": "#/$defs/Entity"},
            },
            "required": ["name", "kind"],
            "additionalProperties": False,
        },
    },
}
"""As pydantic makes them: recursive, with siblings of `$ref`, `const`, `pattern` and `default`."""

QUESTION = Question(
    instructions="You design backends.", prompt="A simple todo API", schema=SCHEMA, name="draft"
)

Make = Callable[..., SingleModel]
MAKERS: dict[str, Make] = {"gemini": Gemini, "groq": Groq, "openai": OpenAICompatible}


def provider_at(stand_in: ModelProviders, name: str, **options: Any) -> SingleModel:
    """A provider that asks the stand-in, with the key that it takes."""
    options = {"key": SecretStr(KEY), "address": getattr(stand_in, name)} | options
    return MAKERS[name](**options)


@dataclass
class Asking:
    """What came of a question."""

    events: list[Event] = field(default_factory=list)
    answer: Answer | None = None
    error: ProviderError | None = None

    @property
    def kinds(self) -> list[str]:
        """The types of the events in order, without the parts of answers."""
        return [type(one).__name__ for one in self.events if not isinstance(one, AnswerPart)]

    def told(self, kind: type[Any]) -> list[Any]:
        """The events of a type."""
        return [event for event in self.events if isinstance(event, kind)]


def ask(
    provider: Provider,
    question: Question = QUESTION,
    *,
    seconds: float = 20.0,
    times: int = 1,
    call_off_after: float | None = None,
) -> Asking:
    """Ask (the same several times over), close, and give what came of the last."""
    asking = Asking()

    async def tell(event: Event) -> None:
        asking.events.append(event)

    async def run() -> None:
        call = Call.lasting(seconds, tell)
        if call_off_after is not None:
            asyncio.get_running_loop().call_later(call_off_after, call.cancelled.set)
        try:
            for _ in range(times):
                asking.answer = await provider.ask(question, call)
        except ProviderError as error:
            asking.error = error
        finally:
            await provider.aclose()

    asyncio.run(run())
    return asking

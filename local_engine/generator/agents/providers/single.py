"""What asking one model once has in common, whoever is asked."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import SecretStr

from local_engine.generator.agents.providers.answers import MAX_ANSWER_BYTES, value_of
from local_engine.generator.agents.providers.errors import (
    BudgetSpent,
    Cancelled,
    DeadlinePassed,
    InvalidAnswer,
    KeyRejected,
    Outage,
    ProviderError,
    QuotaExceeded,
    RequestRejected,
    TooLarge,
    Truncated,
)
from local_engine.generator.agents.providers.models import (
    Model,
    ProviderName,
    Today,
    catalog,
    utc_today,
)
from local_engine.generator.agents.providers.protocol import (
    Answer,
    AnswerPart,
    Call,
    CallEnded,
    CallStarts,
    Event,
    Question,
    Tell,
)
from local_engine.generator.agents.providers.usage import NOTHING_USED, Usage, estimated_tokens

THINKING_ROOM = 16_384
"""Thinking counts towards the output limit: without this, thoughts would cut the answer off."""

SILENCE_SECONDS = 120.0
"""For how long a provider may send nothing, before it counts as gone: models think before they
speak."""

_SMALLEST_ANSWER = 2_048
_BROKEN_OFF = (Outage, DeadlinePassed, Cancelled)
_UNCHARGED = (QuotaExceeded, KeyRejected, RequestRejected, TooLarge, BudgetSpent)


@dataclass(slots=True)
class Reply:
    """What has come of an answer so far. Tokens are None until the provider tells them."""

    tell: Tell
    parts: list[str] = field(default_factory=list)
    size_bytes: int = 0
    input_tokens: int | None = None
    output_tokens: int = 0
    thinking_tokens: int = 0

    @property
    def text(self) -> str:
        """All parts together."""
        return "".join(self.parts)

    async def add(self, text: str | None) -> None:
        """Take the next piece. Raises `InvalidAnswer` when it becomes too much."""
        if not text:
            return
        self.size_bytes += len(text.encode(errors="replace"))
        if self.size_bytes > MAX_ANSWER_BYTES:
            raise InvalidAnswer("The provider sends without end. Ask another model.")
        self.parts.append(text)
        await self.tell(AnswerPart(text))

    def count(self, input_tokens: int, output_tokens: int, thinking_tokens: int) -> None:
        """Take what the provider says was used so far."""
        self.input_tokens = max(0, input_tokens)
        self.output_tokens = max(0, output_tokens)
        self.thinking_tokens = max(0, thinking_tokens)


class SingleModel(ABC):
    """A model of a provider; implements `Provider`.

    `tokens_per_minute` is what the account's plan allows, as Groq's free one of 8,000: a question
    that does not fit is refused before it is sent, so that whoever asks splits it.
    """

    def __init__(
        self,
        provider: ProviderName,
        key: SecretStr | None,
        model: Model | str | None,
        *,
        tokens_per_minute: int | None = None,
        silence_seconds: float = SILENCE_SECONDS,
        today: Today = utc_today,
    ) -> None:
        self.facts = _facts(provider, model)
        self._key = key
        self._tokens_per_minute = tokens_per_minute
        self._silence_seconds = silence_seconds
        self._today = today

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model!r})"

    @property
    def provider(self) -> str:
        """Whose model it is."""
        return self.facts.provider

    @property
    def model(self) -> str:
        """The model's name."""
        return self.facts.name

    @property
    def largest_prompt(self) -> int:
        """How many tokens of instructions, schema and prompt one question may have together."""
        if self._tokens_per_minute is None:
            return self.facts.max_input
        return max(0, min(self.facts.max_input, self._tokens_per_minute - _SMALLEST_ANSWER))

    async def ask(self, question: Question, call: Call) -> Answer:
        """The answer, which is of the question's schema. Raises `ProviderError`."""
        failure: ProviderError
        reply = Reply(call.tell)
        reserved = NOTHING_USED
        limit, sent = 0, False
        try:
            limit = self._output_limit(question)
            if call.budget is not None:
                asked = asked_text(question)
                reserved = call.budget.reserve(self.facts, asked, limit, self._today())
                limit = reserved.output_tokens
            await call.within(_told(call, CallStarts(self.provider, self.model, reserved)))
            sent = True
            await call.within(self._converse(question, limit, reply))
            value = value_of(reply.text, question.schema)
        except ProviderError as error:
            failure = error
        else:
            used = self._used(question, reply, limit)
            _settle(call, reserved, used)
            await call.tell(CallEnded(self.provider, self.model, used))
            return Answer(value, self.provider, self.model, used)
        self._sign(failure, reply)
        failure.used = (
            self._used_by_failure(failure, question, reply, limit) if sent else NOTHING_USED
        )
        _settle(call, reserved, failure.used)
        if not isinstance(failure, TooLarge | BudgetSpent):
            kind = type(failure).__name__
            await call.tell(CallEnded(self.provider, self.model, failure.used, kind))
        raise failure

    @abstractmethod
    async def aclose(self) -> None:
        """Close the connections."""

    @abstractmethod
    async def _converse(self, question: Question, output_limit: int, reply: Reply) -> None:
        """Send the question and put what comes into the reply. Raises `ProviderError`."""

    def _secret(self) -> str:
        """The key. Raises `KeyRejected` when there is none."""
        secret = self._key.get_secret_value().strip() if self._key else ""
        if not secret:
            raise KeyRejected("There is no key for this provider. Store one.")
        if not secret.isascii() or not secret.isprintable():
            raise KeyRejected("The key has characters that no key has. Store it again.")
        return secret

    def _output_limit(self, question: Question) -> int:
        """How many tokens may come, thinking included. Raises `TooLarge`."""
        prompt = _prompt_tokens(question)
        if prompt > self.largest_prompt:
            raise TooLarge(
                f"The question has about {prompt} tokens, but at most {self.largest_prompt} fit. "
                "Split it."
            )
        room = question.max_answer_tokens + (THINKING_ROOM if self.facts.thinks else 0)
        if self._tokens_per_minute is not None:
            room = min(room, self._tokens_per_minute - prompt)
        return min(room, self.facts.max_output)

    def _used(
        self, question: Question, reply: Reply, limit: int, *, broken_off: bool = False
    ) -> Usage:
        """What a reply has used: as its provider says, but never nothing for something.

        A model that thinks may have thought up to the output limit before it broke off, or where
        its provider says nothing: that counts, for a budget is kept in any case.
        """
        told_input = reply.input_tokens or 0
        silent = reply.output_tokens + reply.thinking_tokens <= 0
        untold = told_input <= 0 or (silent and (broken_off or bool(reply.text)))
        output, thinking = reply.output_tokens, reply.thinking_tokens
        if output <= 0:
            output = estimated_tokens(reply.text)
        if untold and silent and self.facts.thinks:
            thinking = max(0, limit - output)
        return self.facts.used(
            told_input if told_input > 0 else _prompt_tokens(question),
            output,
            thinking,
            day=self._today(),
            estimated=untold,
        )

    def _used_by_failure(
        self, failure: ProviderError, question: Question, reply: Reply, limit: int
    ) -> Usage:
        """What a request has used that gave no answer."""
        before = isinstance(failure, Outage) and failure.before_work and not reply.parts
        uncharged = before or isinstance(failure, _UNCHARGED)
        if uncharged and reply.input_tokens is None:
            return NOTHING_USED
        broken_off = isinstance(failure, _BROKEN_OFF)
        return self._used(question, reply, limit, broken_off=broken_off)

    def _sign(self, failure: ProviderError, reply: Reply) -> None:
        """Say in an error who failed; forget what the SDK knew of the key."""
        failure.provider, failure.model = self.provider, self.model
        failure.__cause__ = failure.__context__ = None
        if isinstance(failure, InvalidAnswer | Truncated) and not failure.text:
            failure.text = reply.text


async def _told(call: Call, event: Event) -> None:
    await call.tell(event)


def _settle(call: Call, reserved: Usage, used: Usage) -> None:
    if call.budget is not None:
        call.budget.settle(reserved, used)


def with_schema(question: Question) -> Question:
    """The question with its schema in words, for a model that cannot be held to it."""
    schema = json.dumps(question.schema, ensure_ascii=False, separators=(",", ":"))
    asked = (
        f"Answer with one JSON object, nothing else, that is valid by this JSON Schema:\n{schema}"
    )
    return replace(question, instructions=f"{question.instructions}\n\n{asked}")


def _prompt_tokens(question: Question) -> int:
    return estimated_tokens(asked_text(question))


def asked_text(question: Question) -> str:
    """All that is sent of a question."""
    schema = json.dumps(question.schema, ensure_ascii=False, separators=(",", ":"))
    return question.instructions + question.prompt + schema


def _facts(provider: ProviderName, model: Model | str | None) -> Model:
    if isinstance(model, Model):
        return model
    if model is None:
        return catalog().of_role(provider)
    return catalog().find(provider, model) or Model(provider=provider, name=model)


_LARGEST_COUNT = 1 << 40


def whole_number(value: Any) -> int:
    """A count as a provider sends it: nothing at all, or something else, counts as 0."""
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return value if is_count and 0 <= value <= _LARGEST_COUNT else 0

"""Groq through its own library, which is loaded when the first question is asked.

Its own retries are off: `Patient` knows the deadline of the whole, and says when it waits.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from local_engine.generator.agents.providers import chat
from local_engine.generator.agents.providers.addresses import base_url
from local_engine.generator.agents.providers.errors import Outage, ProviderError
from local_engine.generator.agents.providers.failures import clean_words, transport_failure
from local_engine.generator.agents.providers.models import Model, Today, utc_today
from local_engine.generator.agents.providers.protocol import Question
from local_engine.generator.agents.providers.single import SILENCE_SECONDS, Reply, SingleModel

if TYPE_CHECKING:
    from groq import APIError, AsyncGroq

_CONNECT_SECONDS = 10.0


class Groq(SingleModel):
    """A model that Groq runs."""

    def __init__(
        self,
        key: SecretStr | None,
        model: Model | str | None = None,
        *,
        address: str | None = None,
        tokens_per_minute: int | None = None,
        silence_seconds: float = SILENCE_SECONDS,
        today: Today = utc_today,
    ) -> None:
        super().__init__(
            "groq",
            key,
            model,
            tokens_per_minute=tokens_per_minute,
            silence_seconds=silence_seconds,
            today=today,
        )
        self._address = base_url("groq", address)
        self._client: AsyncGroq | None = None
        self._opening = asyncio.Lock()

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _converse(self, question: Question, output_limit: int, reply: Reply) -> None:
        body = chat.request_of(question, self.facts) | {"max_completion_tokens": output_limit}
        client = await self._opened()
        import groq

        finish: str | None = None
        create: Any = client.chat.completions.create
        try:
            if self.facts.streams:
                chunks = await create(**body, stream=True)
                async with chunks:
                    async for chunk in chunks:
                        finish = await chat.take(chunk.model_dump(), reply) or finish
            else:
                finish = await chat.take((await create(**body)).model_dump(), reply)
        except groq.APIError as error:
            raise self._failure(error) from None
        except httpx.HTTPError as error:  # the library lets them through from a stream
            raise transport_failure(error) from None
        except (ValueError, AttributeError):  # what it makes of bytes that are not the protocol
            raise Outage("The provider broke off, or sent something that it should not.") from None
        chat.judge(finish)

    async def _opened(self) -> AsyncGroq:
        """The client, made with the first question. Raises `KeyRejected` without a key."""
        secret = self._secret()
        async with self._opening:
            if self._client is None:
                # Loading takes a third of a second: not where everybody else waits.
                groq = await asyncio.to_thread(importlib.import_module, "groq")
                timeout = httpx.Timeout(self._silence_seconds, connect=_CONNECT_SECONDS)
                self._client = groq.AsyncGroq(
                    api_key=secret, base_url=self._address, max_retries=0, timeout=timeout
                )
        assert self._client is not None
        return self._client

    def _failure(self, error: APIError) -> ProviderError:
        import groq

        if isinstance(error, groq.APIStatusError):
            inner = chat.error_of(error.response.text)
            words = clean_words(chat.message_of(inner), self._key)
            return chat.failure_of(error.status_code, error.response.headers, inner, words)
        if isinstance(error, groq.APIConnectionError):
            cause = error.__cause__
            if isinstance(cause, httpx.HTTPError):
                return transport_failure(cause)
            return Outage("The connection to the provider broke off. Try again.")
        words = clean_words(chat.message_of(error.body), self._key)
        return chat.failure_of(500, {}, error.body, words)

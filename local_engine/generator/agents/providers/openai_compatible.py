"""OpenAI and every server that speaks its protocol: Ollama, LM Studio, llama.cpp, vLLM.

Without a library of its own: it is one request, and servers differ in what they leave out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from local_engine.generator.agents.providers import chat
from local_engine.generator.agents.providers.addresses import base_url
from local_engine.generator.agents.providers.errors import Outage, ProviderError, RequestRejected
from local_engine.generator.agents.providers.failures import clean_words, transport_failure
from local_engine.generator.agents.providers.models import Model, Today, utc_today
from local_engine.generator.agents.providers.protocol import Question
from local_engine.generator.agents.providers.single import SILENCE_SECONDS, Reply, SingleModel

_CONNECT_SECONDS = 10.0
_END_SECONDS = 1.0
_MAX_ERROR_BYTES = 64_000
_MAX_LINE_BYTES = 4_000_000


class OpenAICompatible(SingleModel):
    """A model behind `/chat/completions`; a local server needs no key."""

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
            "openai",
            key,
            model,
            tokens_per_minute=tokens_per_minute,
            silence_seconds=silence_seconds,
            today=today,
        )
        self._address = base_url("openai", address)
        self._client: httpx.AsyncClient | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _converse(self, question: Question, output_limit: int, reply: Reply) -> None:
        finish: str | None = None
        try:
            async with self._opened().stream(
                "POST",
                f"{self._address}/chat/completions",
                headers=self._headers(),
                json=self._body(question, output_limit),
            ) as response:
                if response.status_code != 200:
                    raise await self._failure(response)
                async for piece in _pieces(response):
                    if piece.get("error"):
                        raise self._told(500, response, piece["error"])
                    finish = await chat.take(piece, reply) or finish
        except httpx.HTTPError as error:
            raise transport_failure(error) from None
        chat.judge(finish)

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            timeout = httpx.Timeout(self._silence_seconds, connect=_CONNECT_SECONDS)
            self._client = httpx.AsyncClient(timeout=timeout)
        return self._client

    def _headers(self) -> dict[str, str]:
        """With the key, which only a local server can do without. Raises `KeyRejected`."""
        if self._key is None and not self._is_openai:
            return {}
        return {"authorization": f"Bearer {self._secret()}"}

    @property
    def _is_openai(self) -> bool:
        return urlsplit(self._address).hostname == "api.openai.com"

    def _body(self, question: Question, output_limit: int) -> chat.Json:
        body = chat.request_of(question, self.facts)
        # OpenAI refuses the old name of the limit, most others do not know the new one.
        body["max_completion_tokens" if self._is_openai else "max_tokens"] = output_limit
        if self.facts.streams:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body

    async def _failure(self, response: httpx.Response) -> ProviderError:
        if response.is_redirect:  # following it would take the key elsewhere
            return RequestRejected("The server has moved. Set the address that it has now.")
        content = b""
        async for part in response.aiter_bytes():
            content += part
            if len(content) > _MAX_ERROR_BYTES:
                break
        return self._told(
            response.status_code, response, chat.error_of(content.decode(errors="replace"))
        )

    def _told(self, status: int, response: httpx.Response, error: Any) -> ProviderError:
        words = clean_words(chat.message_of(error), self._key)
        return chat.failure_of(status, response.headers, error, words)


async def _pieces(response: httpx.Response) -> AsyncIterator[chat.Json]:
    """The JSON objects of an answer: server-sent events, or one body where nothing streams."""
    streamed = response.headers.get("content-type", "").startswith("text/event-stream")
    lines = _lines(response, whole=not streamed)
    async for line in lines:
        if streamed and not line.startswith(b"data:"):
            continue
        data = line.removeprefix(b"data:").strip()
        if not data:
            continue
        if data == b"[DONE]":
            await _read_to_the_end(lines)
            return
        try:
            piece = json.loads(data)
        except (ValueError, RecursionError):
            piece = None
        if not isinstance(piece, dict):
            raise Outage("The provider broke off, or sent something that it should not.")
        yield piece


async def _read_to_the_end(lines: AsyncIterator[bytes]) -> None:
    """So that the connection serves the next question; who does not end is not waited for."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_END_SECONDS):
            async for _ in lines:
                pass


async def _lines(response: httpx.Response, *, whole: bool) -> AsyncIterator[bytes]:
    """The lines of a body, or the `whole` of it; an unfinished last line is one as well."""
    rest = b""
    async for part in response.aiter_bytes():
        rest += part
        if not whole:
            *lines, rest = rest.split(b"\n")
            for line in lines:
                yield line
        if len(rest) > _MAX_LINE_BYTES:
            raise Outage("The provider sends without end. Use another one.")
    if rest:
        yield rest

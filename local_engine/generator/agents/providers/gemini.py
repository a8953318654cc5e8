"""Gemini through Google's own library, which is loaded when the first question is asked.

ai.google.dev/api/generate-content. Known traps of the library, as of 3.6:

- it retries nothing by itself, and asked to, it ignores `Retry-After`: `Patient` does that;
- `parsed` is silently None for an answer that was cut off: we look at `finish_reason` first;
- a client that nobody holds is closed while it is being used: we hold it;
- `response_schema` loses recursion and refuses literal integers: we send `response_json_schema`;
- an answer that is "to be continued" is continued, and charged, without being asked: we forbid it;
- a stream that breaks off raises the errors of the HTTP library, or ends as if it were complete.
"""

from __future__ import annotations

import asyncio
import importlib
import re
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from local_engine.generator.agents.providers.addresses import base_url
from local_engine.generator.agents.providers.errors import (
    InvalidAnswer,
    Outage,
    ProviderError,
    Refused,
    Truncated,
)
from local_engine.generator.agents.providers.failures import (
    clean_words,
    status_failure,
    transport_failure,
)
from local_engine.generator.agents.providers.models import Model, Today, utc_today
from local_engine.generator.agents.providers.protocol import Question
from local_engine.generator.agents.providers.schemas import gemini_dialect
from local_engine.generator.agents.providers.single import (
    SILENCE_SECONDS,
    Reply,
    SingleModel,
    whole_number,
)

if TYPE_CHECKING:
    from google.genai import Client, errors, types

_CONNECT_SECONDS = 10.0
_CUT_OFF = frozenset({"MAX_TOKENS", "CONTINUATION"})
_MALFORMED = frozenset({"MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "OTHER", "LANGUAGE"})


class Gemini(SingleModel):
    """A Gemini model, by an API key; with `vertex`, on Google Cloud by such a key."""

    def __init__(
        self,
        key: SecretStr | None,
        model: Model | str | None = None,
        *,
        address: str | None = None,
        vertex: bool = False,
        tokens_per_minute: int | None = None,
        silence_seconds: float = SILENCE_SECONDS,
        today: Today = utc_today,
    ) -> None:
        super().__init__(
            "gemini",
            key,
            model,
            tokens_per_minute=tokens_per_minute,
            silence_seconds=silence_seconds,
            today=today,
        )
        # Google Cloud is at another address, which the library knows.
        self._address = address if vertex else base_url("gemini", address)
        self._vertex = vertex
        self._http: httpx.AsyncClient | None = None
        self._client: Client | None = None
        self._opening = asyncio.Lock()

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def _converse(self, question: Question, output_limit: int, reply: Reply) -> None:
        client = await self._opened()
        from google.genai import errors

        finish: str | None = None
        try:
            chunks = await client.aio.models.generate_content_stream(
                model=self.model,
                contents=question.prompt,
                config=self._config(question, output_limit),
            )
            async for chunk in chunks:
                finish = await _take(chunk, reply) or finish
        except errors.APIError as error:
            raise self._failure(error) from None
        except httpx.HTTPError as error:
            raise transport_failure(error) from None
        except ValueError:  # what the library makes of bytes that are not the protocol
            raise Outage("The provider broke off, or sent something that it should not.") from None
        _judge(finish)

    async def _opened(self) -> Client:
        """The client, made with the first question. Raises `KeyRejected` without a key."""
        secret = self._secret()
        async with self._opening:
            if self._client is None:
                # Loading takes about a second: not where everybody else waits.
                genai = await asyncio.to_thread(importlib.import_module, "google.genai")
                self._http = httpx.AsyncClient(timeout=_CONNECT_SECONDS)
                options = genai.types.HttpOptions(
                    base_url=self._address,
                    timeout=int(self._silence_seconds * 1000),
                    httpx_async_client=self._http,
                )
                self._client = genai.Client(
                    api_key=secret, enterprise=self._vertex, http_options=options
                )
        assert self._client is not None
        return self._client

    def _config(self, question: Question, output_limit: int) -> types.GenerateContentConfig:
        from google.genai import types

        level = self.facts.effort
        # Names such as `gemini-flash-latest` are known to the beta version of the API only.
        beta = self.model.endswith("-latest") and not self._vertex
        return types.GenerateContentConfig(
            system_instruction=question.instructions,
            response_mime_type="application/json",
            response_json_schema=gemini_dialect(question.schema),
            max_output_tokens=output_limit,
            automatic_continuation=False,
            thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel(level.upper()))
            if level
            else None,
            http_options=types.HttpOptions(api_version="v1beta") if beta else None,
        )

    def _failure(self, error: errors.APIError) -> ProviderError:
        body = error.details if isinstance(error.details, dict) else {}
        inner = body.get("error", body)
        details = inner.get("details") if isinstance(inner, dict) else None
        details = [one for one in _listed(details) if isinstance(one, dict)]
        headers = getattr(error.response, "headers", None) or {}
        return status_failure(
            error.code or 500,  # an error in mid-stream may be without one
            headers={name.lower(): value for name, value in dict(headers).items()},
            said=clean_words(error.message, self._key),
            bad_key=any(detail.get("reason") == "API_KEY_INVALID" for detail in details),
            lasting=any(map(_by_the_day, details)),
            wait_seconds=next(filter(None, map(_delay, details)), None),
        )


async def _take(chunk: types.GenerateContentResponse, reply: Reply) -> str | None:
    """Put a piece of the stream into the reply; gives why the model stopped, once it did."""
    usage = chunk.usage_metadata
    if usage is not None:
        reply.count(
            whole_number(usage.prompt_token_count),
            whole_number(usage.candidates_token_count),
            whole_number(usage.thoughts_token_count),
        )
    feedback = chunk.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise _refusal(feedback.block_reason.value)
    finish = None
    for candidate in (chunk.candidates or [])[:1]:
        for part in (candidate.content.parts if candidate.content else None) or []:
            if not part.thought:
                await reply.add(part.text)
        if candidate.finish_reason is not None:
            finish = candidate.finish_reason.value
    return finish


def _judge(finish: str | None) -> None:
    """Raise what a reason to stop means; nothing when the answer is complete."""
    if finish == "STOP":
        return
    if finish is None:
        raise Outage("The provider broke off in the middle of the answer. Try again.")
    if finish in _CUT_OFF:
        raise Truncated("The answer was cut off at the limit of tokens. Ask for less at once.")
    if finish in _MALFORMED:
        raise InvalidAnswer("The model stopped without a proper answer. Ask again.")
    raise _refusal(finish)


def _refusal(reason: str) -> Refused:
    word = reason if re.fullmatch(r"[A-Z_]{1,40}", reason) else "no reason that we know"
    return Refused(f"The provider does not answer this ({word}). Word it differently.")


def _by_the_day(detail: dict[str, Any]) -> bool:
    """Whether a QuotaFailure is over only tomorrow."""
    return any(
        isinstance(one, dict) and "PerDay" in str(one.get("quotaId", ""))
        for one in _listed(detail.get("violations"))
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _delay(detail: dict[str, Any]) -> float | None:
    """The seconds of a RetryInfo, as in "34s" or "34.07s"."""
    match = re.fullmatch(r"(\d{1,5}(?:\.\d+)?)s", str(detail.get("retryDelay", "")))
    return float(match[1]) if match else None

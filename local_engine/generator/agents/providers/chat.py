"""The chat completions protocol, as Groq, OpenAI and servers compatible with them speak it.

developers.openai.com/api/reference (chat completions), console.groq.com/docs/api-reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from local_engine.generator.agents.providers.errors import (
    InvalidAnswer,
    Outage,
    ProviderError,
    QuotaExceeded,
    Refused,
    RequestRejected,
    TooLarge,
    Truncated,
)
from local_engine.generator.agents.providers.failures import status_failure
from local_engine.generator.agents.providers.models import Model
from local_engine.generator.agents.providers.protocol import Question
from local_engine.generator.agents.providers.schemas import strict_dialect
from local_engine.generator.agents.providers.single import Reply, whole_number, with_schema

Json = dict[str, Any]

_FAILED_ANSWER = frozenset({"json_validate_failed", "tool_use_failed"})
_TOO_LONG = frozenset({"context_length_exceeded", "string_above_max_length", "request_too_large"})
_FILTERED = frozenset({"content_filter", "content_policy_violation"})


def request_of(question: Question, model: Model) -> Json:
    """The body that all have in common: model, messages, the form of the answer, the effort."""
    if model.answers in ("object", "prompt"):
        question = with_schema(question)
    body: Json = {
        "model": model.name,
        "messages": [
            {"role": "system", "content": question.instructions},
            {"role": "user", "content": question.prompt},
        ],
    }
    if model.answers == "object":
        body["response_format"] = {"type": "json_object"}
    elif model.answers != "prompt":
        strict = model.answers == "strict"
        schema = strict_dialect(question.schema) if strict else dict(question.schema)
        named = {"name": question.name, "schema": schema, "strict": strict}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    if model.effort:
        body["reasoning_effort"] = model.effort
    return body


async def take(body: Mapping[str, Any], reply: Reply) -> str | None:
    """Put a whole answer, or a piece of a stream, into the reply; gives why the model stopped.

    Raises `Refused`, and `Outage` for an error that is told in mid-stream.
    """
    extra = _mapping(body.get("x_groq"))
    if extra.get("error"):
        raise Outage("The provider broke off in the middle of the answer. Try again.")
    _count(body.get("usage") or extra.get("usage"), reply)
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices:
        return None
    choice = _mapping(choices[0])
    said = _mapping(choice.get("delta") or choice.get("message"))
    if said.get("refusal"):
        raise Refused("The model does not want to answer this. Word it differently.")
    content = said.get("content")
    await reply.add(content if isinstance(content, str) else None)
    finish = choice.get("finish_reason")
    return finish if isinstance(finish, str) else None


def judge(finish: str | None) -> None:
    """Raise what a reason to stop means; nothing when the answer is complete."""
    if finish == "stop":
        return
    if finish is None:
        raise Outage("The provider broke off in the middle of the answer. Try again.")
    if finish == "length":
        raise Truncated("The answer was cut off at the limit of tokens. Ask for less at once.")
    if finish == "content_filter":
        raise Refused("The provider's filter does not let this through. Word it differently.")
    raise InvalidAnswer("The model stopped without a proper answer. Ask again.")


def failure_of(status: int, headers: Mapping[str, str], error: Any, words: str) -> ProviderError:
    """For an error as this protocol tells it; `words` is its message, cleared of the key."""
    inner = _mapping(error)
    code = str(inner.get("code") or inner.get("type") or "")
    if code in _FAILED_ANSWER:
        text = inner.get("failed_generation")
        return InvalidAnswer(
            "The model's answer is not of the schema that was asked for.",
            text=text if isinstance(text, str) else "",
        )
    if code in _FILTERED:
        return Refused("The provider's filter does not let this through. Word it differently.")
    if code in _TOO_LONG:
        return TooLarge(f"The question is too large for the model: {words}")
    if code == "insufficient_quota":
        return QuotaExceeded("The account at the provider has no credit left.", lasting=True)
    if code == "model_not_found":
        return RequestRejected(f"The provider does not have this model: {words}")
    return status_failure(
        status,
        headers=headers,
        said=words,
        bad_key=code == "invalid_api_key",
        lasting=bool(re.search(r"\bper day\b|\b[TR]PD\b", words)),
    )


def message_of(error: Any) -> Any:
    """What an error says, wherever a server puts it."""
    return _mapping(error).get("message") or (error if isinstance(error, str) else "")


def error_of(text: str) -> Any:
    """The error in the body of an answer, or the body itself."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _mapping(body).get("error", body)


def _count(usage: Any, reply: Reply) -> None:
    if not isinstance(usage, Mapping):
        return
    details = _mapping(usage.get("completion_tokens_details"))
    thinking = whole_number(details.get("reasoning_tokens"))
    completion = whole_number(usage.get("completion_tokens"))
    # Here thinking is a part of what was completed.
    reply.count(whole_number(usage.get("prompt_tokens")), completion - thinking, thinking)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

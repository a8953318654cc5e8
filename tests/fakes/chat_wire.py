"""A stand-in's side of chat completions, as Groq and OpenAI speak them. No model is behind it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from scripted_replies import ScriptedReply
from wire import (
    Cut,
    Reply,
    as_json,
    cut_short,
    event,
    fitting,
    in_pieces,
    parts_of,
    streamed,
    tokens,
)

_STRICT_MODELS = frozenset({"openai/gpt-oss-120b", "openai/gpt-oss-20b"})


def failure(
    status: int, message: str, code: str = "", headers: dict[str, str] | None = None, **more: Any
) -> Reply:
    """An error as this protocol tells it."""
    error = {"message": message, "type": "invalid_request_error", "code": code or None, **more}
    return as_json(status, {"error": error}, headers)


def bad_key() -> Reply:
    """401, as both do."""
    return failure(401, "Invalid API Key", "invalid_api_key")


def refusal_of(body: dict[str, Any], *, groq: bool, limit: int | None) -> Reply | None:
    """What the provider does not take, as far as it is known; None when it takes the request."""
    form = body.get("response_format", {})
    if groq and form and body.get("stream"):
        return failure(400, "`response_format` does not support streaming")
    asked = tokens(json.dumps(body["messages"])) + body.get("max_completion_tokens", 0)
    if limit is not None and asked > limit:
        words = f"Request too large on tokens per minute (TPM): Limit {limit}, Requested {asked}"
        return failure(413, words, "rate_limit_exceeded")
    strict = form.get("json_schema", {})
    if not strict.get("strict"):
        return None
    if groq and body["model"] not in _STRICT_MODELS:
        return failure(400, "This model does not support strict response format `json_schema`")
    for part in parts_of(strict["schema"]):
        if part.get("type") != "object":
            continue
        if set(part.get("required", ())) != set(part.get("properties", {})):
            return failure(400, "`required` must name every key in properties")
        if part.get("additionalProperties") is not False:
            return failure(400, "`additionalProperties:false` must be set on every object")
    return None


def reply(scripted: ScriptedReply, body: dict[str, Any], *, streamed: bool) -> Reply:
    """The scripted reply in this protocol's words."""
    failed = _failed(scripted)
    if failed is not None:
        return failed
    if scripted.kind == "garbage":
        return Reply(200, b"data: <html>no JSON</html>\n\n", {"content-type": "text/event-stream"})
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    text, complete = fitting(scripted, limit)
    finish, model = _finish(scripted, complete), str(body["model"])
    if streamed:
        return _streamed(scripted, text, finish, model)
    whole = {
        **_head("chat.completion", model),
        "choices": [{"index": 0, "message": _message(scripted, text), "finish_reason": finish}],
        "usage": _usage(scripted),
    }
    if scripted.kind in ("dropped", "ended"):
        return cut_short(whole)
    made = as_json(200, whole)
    return Reply(200, made.content, made.headers, _delay(scripted))


def _failed(scripted: ScriptedReply) -> Reply | None:
    if scripted.kind == "quota":
        span = "requests per day (RPD)" if scripted.per_day else "tokens per minute (TPM)"
        headers = {"retry-after": scripted.retry_after} if scripted.retry_after else {}
        return failure(429, f"Rate limit reached on {span}", "rate_limit_exceeded", headers)
    if scripted.kind == "error":
        if scripted.body is not None:
            return as_json(scripted.status, scripted.body)
        return failure(scripted.status, scripted.message)
    if scripted.kind == "failed-answer":
        words = "Failed to generate JSON. Please adjust your prompt."
        code = "json_validate_failed"
        return failure(400, words, code, failed_generation=scripted.said)
    return None


def _streamed(scripted: ScriptedReply, text: str, finish: str, model: str) -> Reply:
    head = _head("chat.completion.chunk", model)

    def choice(delta: dict[str, Any], reason: str | None) -> dict[str, Any]:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    def pieces() -> Iterator[bytes]:
        yield event(choice({"role": "assistant", "content": ""}, None))
        endless = scripted.kind == "endless"
        texts = itertools.repeat("x" * 65_536) if endless else in_pieces(text)
        if scripted.kind == "refused":
            yield event(choice({"refusal": "I cannot help with that."}, None))
            texts = iter(())
        for number, piece in enumerate(texts):
            if number == 2 and scripted.kind in ("dropped", "ended"):
                if scripted.kind == "dropped":
                    raise Cut
                return
            yield event(choice({"content": piece}, None))
        yield event(choice({}, finish))
        yield event({**head, "choices": [], "usage": _usage(scripted)})
        yield b"data: [DONE]\n\n"

    return streamed(pieces(), _delay(scripted))


def _head(kind: str, model: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1_790_000_000, "model": model}


def _message(scripted: ScriptedReply, text: str) -> dict[str, Any]:
    if scripted.kind == "refused":
        return {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    return {"role": "assistant", "content": text}


def _finish(scripted: ScriptedReply, complete: bool) -> str:
    if scripted.kind in ("refused", "blocked"):
        return "content_filter"
    cut = not complete or scripted.kind in ("truncated", "continued")
    return "length" if cut else "stop"


def _usage(scripted: ScriptedReply) -> dict[str, Any]:
    completion = scripted.usage.output + scripted.usage.thinking
    return {
        "prompt_tokens": scripted.usage.input,
        "completion_tokens": completion,
        "total_tokens": scripted.usage.input + completion,
        "completion_tokens_details": {"reasoning_tokens": scripted.usage.thinking},
    }


def _delay(scripted: ScriptedReply) -> float:
    return scripted.seconds if scripted.kind == "slow" else 0.0

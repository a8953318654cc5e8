"""A stand-in's side of Gemini's REST: ai.google.dev/api/generate-content. No model is behind it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from scripted_replies import ScriptedReply
from wire import Cut, Reply, as_json, cut_short, event, fitting, in_pieces, parts_of, streamed

_STATUS = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"} | {
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
_KEYWORDS = frozenset(
    {"$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items"}
    | {"prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties"}
    | {"additionalProperties", "required", "propertyOrdering"}
)
_MAX_ITEMS = 960
_INFO = "type.googleapis.com/google.rpc."


def failure(
    status: int,
    message: str,
    details: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    """An error as Google tells it."""
    error: dict[str, Any] = {"code": status, "message": message}
    error["status"] = _STATUS.get(status, "UNKNOWN")
    if details:
        error["details"] = details
    return as_json(status, {"error": error}, headers)


def bad_key() -> Reply:
    """Google answers 400 to a key that is none."""
    info = {"@type": f"{_INFO}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
    return failure(400, "API key not valid. Please pass a valid API key.", [info])


def refusal_of(body: dict[str, Any]) -> Reply | None:
    """What Gemini does not take, as far as it is known; None when it takes the request."""
    config = body.get("generationConfig", {})
    schema = config.get("responseJsonSchema")
    if schema is None:
        return None
    parts = list(parts_of(schema))
    for part in parts:
        unknown = part.keys() - _KEYWORDS
        if unknown:
            return failure(400, f"Unknown schema keyword: {sorted(unknown)[0]}")
        if "$ref" in part and part.keys() - {"$ref", "$defs"}:
            return failure(400, "$ref must not have siblings")
    if sum(part.get("maxItems", 0) for part in parts) > _MAX_ITEMS:
        return failure(400, "The specified schema produces a constraint that has too many states")
    return None


def reply(scripted: ScriptedReply, body: dict[str, Any], *, streamed: bool) -> Reply:
    """The scripted reply in Gemini's words."""
    if scripted.kind == "quota":
        return _quota(scripted)
    if scripted.kind == "error":
        if scripted.body is not None:
            return as_json(scripted.status, scripted.body)
        return failure(scripted.status, scripted.message)
    if scripted.kind == "failed-answer":
        return failure(400, "Gemini has no such error.")
    if scripted.kind == "garbage":
        return Reply(200, b"data: <html>no JSON</html>\r\n\r\n", {"content-type": "text/html"})
    chunks = _chunks(scripted, body)
    if not streamed:
        return _at_once(scripted, list(chunks))
    return _streamed(scripted, chunks)


def _quota(scripted: ScriptedReply) -> Reply:
    name = "GenerateRequestsPerDayPerProject" if scripted.per_day else "GenerateRequestsPerMinute"
    details: list[dict[str, Any]] = [
        {"@type": f"{_INFO}QuotaFailure", "violations": [{"quotaId": name}]}
    ]
    if scripted.retry_delay:
        details.append({"@type": f"{_INFO}RetryInfo", "retryDelay": scripted.retry_delay})
    headers = {"retry-after": scripted.retry_after} if scripted.retry_after else {}
    return failure(429, "You exceeded your current quota.", details, headers)


def _at_once(scripted: ScriptedReply, chunks: list[dict[str, Any]]) -> Reply:
    texts = [
        part["text"]
        for chunk in chunks
        for candidate in chunk.get("candidates", ())
        for part in candidate.get("content", {}).get("parts", ())
    ]
    whole = dict(chunks[-1])
    if whole.get("candidates"):
        content = {"role": "model", "parts": [{"text": "".join(texts)}]}
        whole["candidates"] = [{**whole["candidates"][0], "content": content}]
    if scripted.kind == "dropped":
        return cut_short(whole)
    delay = scripted.seconds if scripted.kind == "slow" else 0.0
    made = as_json(200, whole)
    return Reply(made.status, made.content, made.headers, delay)


def _streamed(scripted: ScriptedReply, chunks: Iterator[dict[str, Any]]) -> Reply:
    def pieces() -> Iterator[bytes]:
        for number, chunk in enumerate(chunks):
            if number == 2 and scripted.kind in ("dropped", "ended"):
                if scripted.kind == "dropped":
                    raise Cut
                return
            yield event(chunk)

    return streamed(pieces(), scripted.seconds if scripted.kind == "slow" else 0.0)


def _chunks(scripted: ScriptedReply, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answer as a stream of GenerateContentResponse; the last has the reason to stop."""
    usage = {"promptTokenCount": scripted.usage.input}
    if scripted.kind == "blocked":
        yield {"promptFeedback": {"blockReason": scripted.reason}, "usageMetadata": usage}
        return
    limit = body.get("generationConfig", {}).get("maxOutputTokens")
    text, complete = fitting(scripted, limit)
    if scripted.kind == "refused":
        text = ""
    texts = in_pieces(text) if scripted.kind != "endless" else itertools.repeat("x" * 65_536)
    for piece in texts:
        content = {"role": "model", "parts": [{"text": piece}]}
        yield {"candidates": [{"index": 0, "content": content}], "usageMetadata": usage}
    last: dict[str, Any] = {"index": 0, "finishReason": _finish(scripted, complete)}
    if scripted.kind == "continued":
        last["continuationToken"] = "bW9yZQ=="
    counted = usage | {
        "candidatesTokenCount": scripted.usage.output,
        "thoughtsTokenCount": scripted.usage.thinking,
    }
    yield {"candidates": [last], "usageMetadata": counted}


def _finish(scripted: ScriptedReply, complete: bool) -> str:
    if scripted.kind == "refused":
        return scripted.reason
    if scripted.kind == "continued":
        return "CONTINUATION"
    return "STOP" if complete and scripted.kind != "truncated" else "MAX_TOKENS"

"""A stand-in's replies as bytes: what both protocols of the stand-in for providers share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scripted_replies import ScriptedReply


class Cut(Exception):
    """Cut the connection here."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: a whole body, or pieces as they come."""

    status: int
    content: bytes | Iterator[bytes]
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0


def as_json(status: int, body: Any, headers: dict[str, str] | None = None) -> Reply:
    """A JSON body."""
    content = json.dumps(body, ensure_ascii=False).encode()
    return Reply(status, content, {"content-type": "application/json", **(headers or {})})


def event(data: Any) -> bytes:
    """A server-sent event."""
    return f"data: {json.dumps(data, ensure_ascii=False)}\r\n\r\n".encode()


def streamed(pieces: Iterator[bytes], delay_seconds: float = 0.0) -> Reply:
    """A stream of server-sent events."""
    return Reply(200, pieces, {"content-type": "text/event-stream"}, delay_seconds)


def cut_short(body: Any) -> Reply:
    """A whole body of which the end never comes."""
    content = json.dumps(body).encode()

    def pieces() -> Iterator[bytes]:
        yield content[: len(content) // 2]
        raise Cut

    return Reply(200, pieces(), {"content-type": "application/json"})


def tokens(text: str) -> int:
    """About how many tokens a text is, as the stand-in counts."""
    return -(-len(text.encode()) // 4)


def fitting(reply: ScriptedReply, limit: int | None) -> tuple[str, bool]:
    """The text that fits into the output limit after thinking, and whether it is all of it."""
    room = None if limit is None else limit - reply.usage.thinking
    if room is None or tokens(reply.said) <= room:
        return reply.said, True
    return reply.said[: max(0, room) * 4], False


def in_pieces(text: str, size: int = 24) -> Iterator[str]:
    """The text as a model would stream it."""
    for start in range(0, len(text), size):
        yield text[start : start + size]


def parts_of(schema: Any) -> Iterator[dict[str, Any]]:
    """All schemas in a schema."""
    yield schema
    for key, value in schema.items():
        if key in ("properties", "$defs"):
            inner = list(value.values())
        elif key in ("anyOf", "oneOf", "allOf", "prefixItems"):
            inner = value
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            inner = [value]
        else:
            continue
        for part in inner:
            yield from parts_of(part)

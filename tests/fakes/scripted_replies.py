"""A stand-in's script: which reply the stand-in for model providers gives to which request.

A script is a JSON file, {"replies": [...]}. The first reply that fits a request and is not used up
is given. Each has a `kind`:

- answer: `answer` (JSON) or `text`; with a value of another shape, it is the wrong schema;
- truncated: `text`, cut off at the limit of tokens;
- continued: `text`, and the offer to continue it in another request (Gemini);
- refused: by the model or by a filter, for a `reason`;
- blocked: the prompt is not let through (Gemini), with a `reason`;
- quota: 429, with `retry_after` (a header) or `retry_delay` (in the body), for good if `per_day`;
- error: an HTTP `status` with a `message` or a whole `body`;
- failed-answer: 400 with the `text` that broke the schema (Groq);
- slow: an answer that comes only after `seconds`;
- dropped: part of the `text`, then the connection is cut;
- ended: part of the `text`, then the stream ends as if all were well;
- garbage: bytes that are not the protocol;
- endless: text without end.

`when` (a part of the request's body) and `model` say to which requests a reply belongs; `repeat`
says that it is never used up; `usage` are the tokens that are told.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

SCRIPTS = Path(__file__).parent / "scripts"

Kind = Literal[
    "answer",
    "truncated",
    "continued",
    "refused",
    "blocked",
    "quota",
    "error",
    "failed-answer",
    "slow",
    "dropped",
    "ended",
    "garbage",
    "endless",
]


class Tokens(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    input: int = 100
    output: int = 20
    thinking: int = 0


class ScriptedReply(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    answer: Any = None
    text: str | None = None
    reason: str = "SAFETY"
    retry_after: str | None = None
    retry_delay: str | None = None
    per_day: bool = False
    status: int = 503
    message: str = "The model is overloaded."
    body: Any = None
    seconds: float = 30.0
    usage: Tokens = Tokens()
    when: str | None = None
    model: str | None = None
    repeat: bool = False

    @property
    def said(self) -> str:
        """The answer as text."""
        return self.text if self.text is not None else json.dumps(self.answer, ensure_ascii=False)


class Script:
    """The replies that are left."""

    def __init__(self, replies: Sequence[ScriptedReply]) -> None:
        self._left = list(replies)

    @classmethod
    def load(cls, name: str) -> Script:
        """The script of a file in `scripts`."""
        content = json.loads((SCRIPTS / f"{name}.json").read_text("utf-8"))
        return cls([ScriptedReply.model_validate(reply) for reply in content["replies"]])

    @classmethod
    def of(cls, *replies: dict[str, Any]) -> Script:
        """A script written where it is used."""
        return cls([ScriptedReply.model_validate(reply) for reply in replies])

    def take(self, model: str, body: str) -> ScriptedReply | None:
        """The reply for a request; None when none is left that fits."""
        for place, reply in enumerate(self._left):
            fits = reply.model in (None, model) and (reply.when is None or reply.when in body)
            if fits:
                if not reply.repeat:
                    del self._left[place]
                return reply
        return None

    @property
    def left(self) -> int:
        """How many replies were not asked for."""
        return sum(not reply.repeat for reply in self._left)

"""A request as the model takes it apart: who, where, with which parameters and body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from local_engine.verification.http import Request
from local_engine.verification.model.access import Subject
from local_engine.verification.model.outcome import Refused


@dataclass(frozen=True)
class Incoming:
    """One request; the sender's roles are those that the account was made with."""

    request: Request

    @property
    def subject(self) -> Subject:
        """Who asks."""
        actor = self.request.actor
        return Subject(actor.id, actor.roles)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters behind the question mark."""
        query = self.request.target.partition("?")[2]
        return parse_qsl(query, keep_blank_values=True)

    @property
    def if_match(self) -> str:
        """The ETag that the row must still have, or an empty text."""
        return self.request.header("if-match")

    @property
    def if_none_match(self) -> str:
        """The ETag that the sender knows already, or an empty text."""
        return self.request.header("if-none-match")

    @property
    def idempotency_key(self) -> str | None:
        """The Idempotency-Key, None where there is no such header."""
        for name, value in self.request.headers:
            if name.lower() == "idempotency-key":
                return value
        return None

    def json(self, *, optional: bool = False) -> Any:
        """The body as a JSON value; refuses other types with 415, what cannot be read with 400."""
        if optional and not self.request.body:
            return None
        content_type = self.request.header("content-type").partition(";")[0].strip().lower()
        if content_type != "application/json":
            raise Refused(415, why="the body is not application/json")
        try:
            return json.loads(self.request.body.decode("utf-8"))
        except (ValueError, RecursionError):
            raise Refused(400, why="the body is not JSON") from None

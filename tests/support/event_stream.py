"""Reads server-sent events as a browser does (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Sent:
    """One event: its number and its data."""

    id: int
    data: dict[str, Any]

    @property
    def type(self) -> str:
        """The type of a job's event."""
        return str(self.data["event"]["type"])


def follow(client: httpx.Client, path: str, *, last: int | None = None) -> Iterator[Sent]:
    """The events of a stream until the engine ends it; from after the number `last`."""
    headers = {"Accept": "text/event-stream"}
    if last is not None:
        headers["Last-Event-ID"] = str(last)
    with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield from _events(answer)


def _events(answer: httpx.Response) -> Iterator[Sent]:
    number, data = "", ""
    for line in answer.iter_lines():
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            number = value
        elif name == "data":
            data += value
        elif not line and data:
            yield Sent(int(number), json.loads(data))
            data = ""

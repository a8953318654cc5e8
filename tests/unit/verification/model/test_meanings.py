"""The model answers the fine points of docs/blueprint.md as the page says."""

from __future__ import annotations

from typing import Any

from bench import Bench
from meanings import BLUEPRINT, Answer, wrong_answers


def test_the_fine_points() -> None:
    bench = Bench(BLUEPRINT)

    def send(method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        given = ... if body is None else body
        exchange = bench.send("", method, path, given, **headers)
        return Answer(exchange.status, exchange.json, {"etag": exchange.header("etag")})

    assert wrong_answers(send) == []

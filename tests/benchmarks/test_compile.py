"""Time from a Blueprint's text to the project's files, and how it grows with the entities."""

from __future__ import annotations

import time

import pytest
from benchmark_load import table

from local_engine.generator.blueprint import load
from local_engine.generator.emit import emit

pytestmark = pytest.mark.full

ACCESS = "list: owner, read: owner, create: authenticated, update: owner, delete: owner"
SIZES = (10, 50, 100, 500)


def test_compile_time_grows_linearly() -> None:
    _seconds(blueprint(2))  # imports and caches
    seconds = {size: _seconds(blueprint(size)) for size in SIZES}
    rows = [
        (
            str(size),
            load_time,
            emit_time,
            load_time + emit_time,
            (load_time + emit_time) / size * 1000,
        )
        for size, (load_time, emit_time) in seconds.items()
    ]
    print(table("Compile", ["entities", "load s", "emit s", "sum s", "ms an entity"], rows))
    assert sum(seconds[50]) < 1
    assert sum(seconds[500]) < 10
    per_entity = {size: sum(both) / size for size, both in seconds.items()}
    assert per_entity[500] < 2 * per_entity[50]


def _seconds(text: str) -> tuple[float, float]:
    started = time.perf_counter()
    document = load(text)
    application = document.application
    loaded = time.perf_counter()
    emit(application, text)
    return loaded - started, time.perf_counter() - loaded


def blueprint(entities: int) -> str:
    """A Blueprint of this many entities, each with fields, a relation, a rule and states."""
    lines = ["blueprint: 1", "name: Large", "entities:"]
    for number in range(entities):
        before = f"Thing{number - 1}" if number else "Thing0"
        lines += [
            f"  Thing{number}:",
            "    owner: owner",
            "    fields:",
            "      name: {type: string, max: 80, search: true, sort: true}",
            "      notes: {type: text, optional: true}",
            "      price: {type: money, min: 0.01, filter: true}",
            "      starts_at: {type: datetime}",
            "      ends_at: {type: datetime}",
            "    relations:",
            "      owner: {to: User}",
            f"      before: {{to: {before}, optional: true, on_delete: set null}}",
            "    states:",
            "      initial: open",
            "      transitions: {close: {from: open, to: closed, by: owner}}",
            "    rules: [{check: ends_at > starts_at}, {unique: [owner, name]}]",
            f"    access: {{{ACCESS}}}",
        ]
    return "\n".join(lines) + "\n"

"""Reading and resolving costs little beside parsing, and grows in step with the Blueprint."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from local_engine.generator.blueprint import load

STORE = Path("docs/examples/05-online-store/blueprint.yaml").read_text()
ROUNDS = 5


def _store(entities: int) -> str:
    head, body = STORE.split("entities:\n")
    names = re.findall(r"^  ([A-Z]\w+):", body, re.M)
    copies = []
    for number in range(entities // len(names)):
        copy = body
        for name in names:
            copy = re.sub(rf"\b{name}\b", f"{name}N{number}", copy)
        copies.append(copy)
    return head + "entities:\n" + "".join(copies)


def _seconds(work: Callable[[], object]) -> float:
    """CPU seconds of its own: what other tests have left in memory is not collected meanwhile."""
    gc.collect()
    gc.freeze()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.unfreeze()


def _load(entities: int) -> Callable[[], object]:
    text = _store(entities)
    return lambda: load(text).application


def _least_ratio(one: Callable[[], object], other: Callable[[], object]) -> float:
    """How much dearer `one` is. Both are measured in turn, so that a busy machine slows both."""
    pairs = [(_seconds(one), _seconds(other)) for _ in range(ROUNDS)]
    return min(first for first, _ in pairs) / min(second for _, second in pairs)


def test_loading_costs_little_more_than_parsing() -> None:
    text = _store(50)
    assert len(load(text).application.own_entities) == 50
    parse = YAML(typ="safe", pure=True)
    # Ruamel's parser in pure Python takes about as long (0.9 times) as all that load does.
    assert _least_ratio(_load(50), lambda: parse.load(text)) < 2


@pytest.mark.full
def test_growth_is_nearly_linear() -> None:
    assert _least_ratio(_load(250), _load(50)) < 7.5  # five times as large

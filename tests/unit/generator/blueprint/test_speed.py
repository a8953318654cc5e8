"""Reading and resolving takes little time, and grows in step with the Blueprint."""

from __future__ import annotations

import gc
import re
import time
from pathlib import Path

from local_engine.generator.blueprint import load

STORE = Path("docs/examples/05-online-store/blueprint.yaml").read_text()


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


def _seconds(entities: int) -> float:
    text = _store(entities)
    start = time.process_time()
    assert len(load(text).application.own_entities) == entities
    return time.process_time() - start


def test_fifty_entities_and_near_linear_growth() -> None:
    _seconds(10)
    gc.collect()
    fifty = min(_seconds(50) for _ in range(3))
    assert fifty < 0.25
    assert min(_seconds(250) for _ in range(2)) < 8 * fifty

"""No refusal of the resolver goes untested: each place that notes a problem is reached."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sample_blueprints.broken import ALL
from sample_blueprints.broken_details import DETAILS, WARNINGS

from local_engine.generator.blueprint import load, resolving
from local_engine.generator.blueprint.problems import ProblemList

FOLDER = Path(next(iter(resolving.__path__)))
NOTING = ("error", "warning", "unknown", "_error", "_refuse", "_taken")
_DEPTH = 6
"""How many callers up the place that found a problem may be."""


def _places() -> Iterator[tuple[str, range, str]]:
    for file in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            noting = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if noting and node.func.attr in NOTING:  # type: ignore[attr-defined]
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)  # type: ignore[attr-defined]
                yield str(file), lines, f"{file.name}: {ast.unparse(node)}"


@pytest.mark.full  # each case has a test of its own, too
def test_every_refusal_has_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: set[tuple[str, int]] = set()
    original = ProblemList._add

    def note(self: ProblemList, *args: Any, **options: Any) -> None:
        frame = sys._getframe(1)
        for _ in range(_DEPTH):
            reached.add((frame.f_code.co_filename, frame.f_lineno))
            if frame.f_back is None:
                break
            frame = frame.f_back
        original(self, *args, **options)

    monkeypatch.setattr(ProblemList, "_add", note)
    for case in (*ALL, *DETAILS, *WARNINGS):
        assert load(case.text).problems
    places = list(_places())
    assert len(places) > 150
    missing = [
        what for file, lines, what in places if not any((file, line) in reached for line in lines)
    ]
    assert missing == []

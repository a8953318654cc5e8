"""Whatever stands in a Blueprint, it is answered with problems, never with a crash."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sample_blueprints.shop import SHOP

from local_engine.generator.blueprint import Blueprint, BlueprintErrors, load, resolve
from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.writer import write
from local_engine.generator.blueprint.yaml import read_yaml

_SHOP: dict[str, Any] = read_yaml(SHOP)[0].data
_JUNK: tuple[Any, ...] = (
    None, True, 5, -1, "", "x", "owner", "lines", "User", "Order", "a.b.c", "x if y", "1 / 0", "(",
    "count(lines)", "slug(title)", "day at 03:00", "public", "member:x", "a as b", "{x}", [], ["x"],
    ["owner", "owner"], [[]], {}, {"to": "Order"}, {"x": "y"}, {"type": "money"}, [{"check": "x"}],
    [None], {"rows": {"a": "integer"}}, {"each": "lines as line", "delete": "line"}, "ünï",
    "x" * 300,
)  # fmt: skip


def _paths(data: Any, path: Path = ()) -> Iterator[Path]:
    entries: Any = data.items() if isinstance(data, dict) else ()
    if isinstance(data, list):
        entries = enumerate(data)
    for key, value in entries:
        yield (*path, key)
        yield from _paths(value, (*path, key))


_PATHS = list(_paths(_SHOP))
_KEYS = sorted({str(path[-1]) for path in _PATHS})


def _parent(data: Any, path: Path) -> Any:
    for step in path[:-1]:
        data = data[step]
    return data


@st.composite
def _broken_shops(draw: st.DrawFn) -> dict[str, Any]:
    data = copy.deepcopy(_SHOP)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_PATHS))
        try:
            parent = _parent(data, path)
            _ = parent[path[-1]]
            if isinstance(parent, str):
                continue
        except (KeyError, IndexError, TypeError):
            continue
        kind = draw(st.sampled_from(["junk", "remove", "move", "add"]))
        if kind == "junk":
            parent[path[-1]] = draw(st.sampled_from(_JUNK))
        elif kind == "remove":
            del parent[path[-1]]
        elif kind == "move":
            parent[path[-1]] = copy.deepcopy(_parent(_SHOP, (*draw(st.sampled_from(_PATHS)), 0)))
        elif isinstance(parent, dict):
            parent[draw(st.sampled_from(_KEYS))] = draw(st.sampled_from(_JUNK))
    return data


@given(_broken_shops())
@settings(max_examples=120, deadline=None)
def test_a_broken_shop_is_answered_with_problems(data: dict[str, Any]) -> None:
    text = write(data)
    document = load(text)
    lines = text.count("\n") + 1
    for problem in document.problems:
        assert problem.line is not None
        assert problem.column is not None
        assert 1 <= problem.line <= lines
    try:
        application = document.application
    except BlueprintErrors:
        if document.draft is not None:
            _without_text(document.draft)
    else:
        assert "User" in application.entities


def _without_text(draft: Blueprint) -> None:
    with suppress(BlueprintErrors):
        resolve(draft)


@given(st.text(max_size=60))
@settings(max_examples=120, deadline=None)
def test_any_text_is_answered_with_problems(text: str) -> None:
    assert load(text).problems


@given(
    st.integers(0, len(SHOP)), st.sampled_from(["", "\n", ":", "- ", "{", "]", '"', "'", "\t", "|"])
)
@settings(max_examples=120, deadline=None)
def test_a_text_that_is_broken_somewhere(at: int, piece: str) -> None:
    document = load(SHOP[:at] + piece + SHOP[at + 1 :])
    assert document.problems is not None

"""What can be asked of a checked expression."""

from __future__ import annotations

import pytest
from expression_agreement.world import WorldScope

from local_engine.generator.blueprint.expressions import check


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("1 + 2", set()),
        ("price * stock > price", {"price", "stock"}),
        ("parent is None", {"parent"}),
        (
            "parent is not None and parent.owner.email == title",
            {"parent", "parent.owner.email", "title"},
        ),
        ("owner == input.item.owner", {"owner", "input.item.owner"}),
        ("count(lines)", {"lines"}),
        (
            "sum(lines.amount, where=quantity > stock)",
            {"lines", "lines.amount", "lines.quantity", "stock"},
        ),
        ("any(lines.parts.label == title)", {"lines", "lines.parts", "lines.parts.label", "title"}),
        ("'a' in tags", {"tags"}),
        (
            "count(owner.items, where=any(lines.quantity > 1)) > 1",
            {"owner.items", "owner.items.lines", "owner.items.lines.quantity"},
        ),
    ],
)
def test_paths(text: str, paths: set[str]) -> None:
    assert {".".join(path) for path in check(text, WorldScope()).paths()} == paths


PROPERTIES = ("reads_only_own_fields", "reads_only_input", "uses_now", "uses_user", "reads_many")


@pytest.mark.parametrize(
    ("text", "holding"),
    [
        ("price > 3", {"reads_only_own_fields"}),
        ("parent is None", {"reads_only_own_fields"}),
        ("owner.age > 3", set()),
        ("born_on <= today()", {"uses_now"}),
        ("input.n > 3", {"reads_only_input"}),
        ("input.at > now()", {"reads_only_input", "uses_now"}),
        ("input.item == input.item", {"reads_only_input"}),
        ("input.item.stock > 3", set()),
        ("input.n > stock", set()),
        ("user is None", {"uses_user"}),
        ("count(lines) > 3", {"reads_many"}),
        ("stock > 1 and count(owner.items) > 3", {"reads_many"}),
        ("3 > 2 + stock", {"reads_only_own_fields"}),
    ],
)
def test_properties(text: str, holding: set[str]) -> None:
    expression = check(text, WorldScope())
    assert {name for name in PROPERTIES if getattr(expression, name)} == holding


def test_the_text_is_canonical_and_expressions_compare() -> None:
    one, other = check("( stock>1 )", WorldScope()), check("stock > 1", WorldScope())
    assert one.text == "stock > 1"
    assert one == other
    assert hash(one) == hash(other)

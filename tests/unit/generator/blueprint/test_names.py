"""Names made from names, and patterns that mean the same everywhere."""

from __future__ import annotations

import re

import inflect
import pytest

from local_engine.generator.blueprint.resolving.naming import kebab_case, plural, slug, snake_case
from local_engine.generator.blueprint.resolving.patterns import BadPattern, portable

NOUNS = [
    "account", "address", "album", "analysis", "answer", "apple", "appointment", "article",
    "author", "baby", "badge", "basket", "batch", "bill", "board", "booking", "box", "branch",
    "bus", "business", "calendar", "card", "cargo", "cart", "case", "cat", "category", "check",
    "child", "choice", "church", "city", "class", "clinic", "coach", "column", "comment", "company",
    "contact", "copy", "country", "course", "crisis", "customer", "day", "deal", "delivery",
    "department", "dish", "dog", "driver", "employee", "enrollment", "entry", "event", "expense",
    "factory", "family", "file", "fish", "foot", "game", "glass", "goal", "grade", "group", "guest",
    "half", "hero", "history", "hobby", "hotel", "house", "inventory", "invoice", "item", "job",
    "journey", "key", "kitchen", "knife", "label", "leaf", "lecturer", "lesson", "library", "life",
    "line", "list", "location", "loss", "lunch", "man", "match", "meal", "medicine", "member",
    "membership", "memory", "message", "minute", "mouse", "movement", "movie", "news", "note",
    "opportunity", "option", "order", "page", "party", "pass", "patient", "payment", "pet", "photo",
    "piece", "player", "policy", "post", "potato", "price", "process", "product", "project",
    "property", "quality", "question", "quiz", "quota", "rating", "recipe", "reply", "reservation",
    "result", "review", "role", "room", "route", "salesman", "sandwich", "schedule", "series",
    "session", "sheep", "shelf", "shop", "sister", "skill", "species", "staff", "status", "stock",
    "story", "strategy", "student", "study", "subject", "subscription", "supplier", "survey",
    "table", "tag", "task", "tax", "team", "thesis", "ticket", "topic", "toy", "transaction",
    "trip", "type", "unit", "university", "user", "vehicle", "vet", "video", "visit", "vote",
    "wallet", "warehouse", "watch", "website", "wife", "witness", "woman", "workshop",
]  # fmt: skip
OWN = {"staff": "staff", "cargo": "cargos", "hero": "heroes", "quota": "quotas"}


def test_plurals_are_those_of_a_dictionary() -> None:
    engine = inflect.engine()
    wrong = {}
    for noun in NOUNS:
        expected = OWN.get(noun, engine.plural_noun(noun))
        if plural(noun) != expected:
            wrong[noun] = (plural(noun), expected)
    assert wrong == {}
    assert plural("order_line") == "order_lines"
    assert plural("sales_person") == "sales_people"


@pytest.mark.parametrize(
    ("name", "snake", "kebab"),
    [
        ("OrderLine", "order_line", "order-line"),
        ("SKUItem", "sku_item", "sku-item"),
        ("Cake", "cake", "cake"),
        ("A1Part", "a1_part", "a1-part"),
        ("pick_up_at", "pick_up_at", "pick-up-at"),
    ],
)
def test_cases(name: str, snake: str, kebab: str) -> None:
    assert snake_case(name) == snake
    assert kebab_case(name) == kebab


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Café Noir!", "cafe-noir"), ("  a--b ", "a-b"), ("日本", "item"), ("ﬁne Ⅳ", "fine-iv")],
)
def test_slugs(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize(
    ("pattern", "written", "matches", "refuses"),
    [
        (r"\d{3}", "[0-9]{3}", "123", "١٢٣"),
        (r"[\w.-]+", "[A-Za-z0-9_.-]+", "a.b-1", "é"),
        (r"\D\S", r"[^0-9][^ \t\n\r\f\v]", "ab", "1b"),
        (r"a.c", r"a[^\n]c", "abc", "a\nc"),
        (r"(?:ab|c)+", r"(?:ab|c)+", "abc", "b"),
        (r"[A-Z]{2}[0-9]{13,32}", r"[A-Z]{2}[0-9]{13,32}", "DE1234567890123", "DE1"),
        (r"a\{2\}", r"a\{2\}", "a{2}", "aa"),
    ],
)
def test_patterns(pattern: str, written: str, matches: str, refuses: str) -> None:
    assert portable(pattern) == written
    assert re.fullmatch(written, matches)
    assert not re.fullmatch(written, refuses)


@pytest.mark.parametrize(
    "pattern",
    ["", "^a", "a$", r"\ba", "(?=a)", "(?!a)", "(?<=a)b", r"(a)\1", "(?P<n>a)", "(?i)a", "a*?",
     "a++", "a{300}", "[a", "(a", "a{", r"\p{L}", "[[a]", "a" * 501],
)  # fmt: skip
def test_patterns_that_engines_read_differently_are_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        portable(pattern)

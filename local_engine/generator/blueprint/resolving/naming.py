"""Names derived from names: snake_case, kebab-case, plurals, slugs. The same in every version."""

from __future__ import annotations

import re
import unicodedata

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
IRREGULAR_PLURALS = {
    "analysis": "analyses",
    "axis": "axes",
    "basis": "bases",
    "calf": "calves",
    "child": "children",
    "crisis": "crises",
    "criterion": "criteria",
    "data": "data",
    "datum": "data",
    "deer": "deer",
    "diagnosis": "diagnoses",
    "echo": "echoes",
    "elf": "elves",
    "equipment": "equipment",
    "feedback": "feedback",
    "fish": "fish",
    "foot": "feet",
    "goose": "geese",
    "half": "halves",
    "hero": "heroes",
    "hypothesis": "hypotheses",
    "index": "indexes",
    "information": "information",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "loaf": "loaves",
    "man": "men",
    "media": "media",
    "medium": "media",
    "mouse": "mice",
    "news": "news",
    "ox": "oxen",
    "parenthesis": "parentheses",
    "people": "people",
    "person": "people",
    "phenomenon": "phenomena",
    "potato": "potatoes",
    "quiz": "quizzes",
    "scarf": "scarves",
    "self": "selves",
    "series": "series",
    "sheep": "sheep",
    "shelf": "shelves",
    "species": "species",
    "staff": "staff",
    "synopsis": "synopses",
    "thesis": "theses",
    "thief": "thieves",
    "tomato": "tomatoes",
    "tooth": "teeth",
    "torpedo": "torpedoes",
    "veto": "vetoes",
    "wife": "wives",
    "wolf": "wolves",
    "woman": "women",
}


def snake_case(name: str) -> str:
    """`OrderLine` is `order_line`, `SKUItem` is `sku_item`."""
    return _BOUNDARY.sub("_", name).lower()


def kebab_case(name: str) -> str:
    """`pick_up` and `PickUp` are `pick-up`."""
    return snake_case(name).replace("_", "-")


def plural(name: str) -> str:
    """The plural of a snake_case name, by its last word: `order_line` is `order_lines`.

    The rules are ours on purpose: table names and routes must not change with another version of
    a library.
    """
    before, separator, word = name.rpartition("_")
    return before + separator + _plural_word(word)


def _plural_word(word: str) -> str:
    for ending in sorted(IRREGULAR_PLURALS, key=len, reverse=True):
        if word == ending or (len(ending) > 4 and word.endswith(ending)):
            return word[: len(word) - len(ending)] + IRREGULAR_PLURALS[ending]
    if (
        word.endswith(("man",))
        and len(word) > 5
        and not word.endswith(("human", "german", "roman"))
    ):
        return word[:-3] + "men"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    return word + "s"


def slug(text: str) -> str:
    """The slug of a text (docs/blueprint.md §4): `Café Noir` is `cafe-noir`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "item"

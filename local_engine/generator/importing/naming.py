"""Names of a foreign source as names that a Blueprint may have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from local_engine.generator.blueprint.resolving import reserved
from local_engine.generator.blueprint.resolving.naming import IRREGULAR_PLURALS, plural, snake_case

_ROOM = 4
"""Characters kept free for a number that makes a name different."""
_SINGULARS = {many: one for one, many in IRREGULAR_PLURALS.items() if many != "data"}
"""Of several words with one plural the last counts: `people` is `person`."""
_ENDINGS = (("ies", "y"), ("s", ""), ("men", "man"))
_ES = re.compile(r".+(?:ss|x|zz|(?<!ca)ch|sh|(?<![ao])us)es")
"""Words whose plural adds `es`: `boxes`, `addresses`, `statuses`; but `houses`, `courses`."""
_MAX_DESCRIPTION = 1000


def snake(text: str, fallback: str) -> str:
    """ASCII snake_case of any text, beginning with a letter; `fallback` if nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", plain).lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    plain = re.sub(r"^[0-9_]+", "", plain)
    return plain[: reserved.MAX_LENGTH - _ROOM].strip("_") or fallback


def singular(name: str) -> str:
    """The singular of a snake_case name by its last word, or the name itself.

    Only what `plural` makes the name of again is taken: `order_lines` is `order_line`, `status`
    stays.
    """
    before, separator, word = name.rpartition("_")
    return before + separator + _singular_word(word)


def _singular_word(word: str) -> str:
    for many in sorted(_SINGULARS, key=len, reverse=True):
        if word == many or (len(many) > 4 and word.endswith(many)):
            candidate = word[: len(word) - len(many)] + _SINGULARS[many]
            if plural(candidate) == word:
                return candidate
    if word.endswith(("ss", "us", "is")):
        return word
    if _ES.fullmatch(word):
        return word[:-2]
    for ending, instead in _ENDINGS:
        candidate = word[: len(word) - len(ending)] + instead
        if word.endswith(ending) and len(candidate) > 1 and plural(candidate) == word:
            return candidate
    return word


def entity_name(text: str, taken: Collection[str]) -> str:
    """A free name of an entity for a table or schema called `text`: PascalCase, singular.

    `taken` are the names that are not free, in snake_case.
    """
    name = singular(snake(text, "thing"))
    if _is_reserved_entity(name):
        name = f"{name}_record"
    return _free(pascal(name), taken, separator="")


def pascal(name: str) -> str:
    """`order_line` is `OrderLine`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _is_reserved_entity(name: str) -> bool:
    table = plural(name)
    taken = (*reserved.TABLES, *reserved.ROOT_ROUTES, *reserved.TENANT_ROUTES)
    return (
        name in ("user", "none", "true", "false", *taken)
        or table in taken
        or table.replace("_", "-") in taken
        or name.startswith("procrastinate_")
    )


def member_name(text: str, entity: str, taken: Collection[str], *, relation: bool = False) -> str:
    """A free name of a field or relation; a word that cannot be one gets the entity's before it."""
    name = snake(text, "value")
    scope = [word for word in reserved.SCOPE_NAMES if not (relation and word == "user")]
    columns = reserved.USER_COLUMNS if entity == "User" else ()
    if reserved.word_problem(name) or name in (*reserved.ROW_NAMES, *scope, *columns):
        name = f"{snake_case(entity)}_{name}"[: reserved.MAX_LENGTH - _ROOM].rstrip("_")
    return _free(name, taken)


def enum_value(text: str, taken: Collection[str]) -> str:
    """A value that an enum may have, as near to `text` as possible."""
    if reserved.ENUM_VALUE.fullmatch(text) and len(text) <= reserved.MAX_LENGTH:
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_").lower()
    return _free(plain[: reserved.MAX_LENGTH - _ROOM] or "value", taken)


def description(text: str) -> str:
    """A comment as a description: without control characters, white space at the ends, or end."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= _MAX_DESCRIPTION else plain[: _MAX_DESCRIPTION - 1] + "…"


def _free(name: str, taken: Collection[str], separator: str = "_") -> str:
    """The name, or with the first free number behind it; compared as snake_case."""
    candidate, number = name, 2
    while snake_case(candidate) in taken:
        candidate, number = f"{name}{separator}{number}", number + 1
    return candidate

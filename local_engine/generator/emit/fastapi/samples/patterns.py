"""Texts that match a pattern of the Blueprint: the shortest one, varied by a number."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_parser: Any = importlib.import_module("re._parser")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CANDIDATES = "0123456789" + _LETTERS.upper() + _LETTERS + "_- .,"
_MOST_REPEATS = 40


def text_for(pattern: str, number: int, least: int, most: int) -> str:
    """A text of `least` to `most` characters that the whole pattern matches.

    The digits of `number` choose among the characters that the pattern leaves open. Raises
    ValueError when no such text is found.
    """
    items = _parser.parse(pattern)
    expected = re.compile(pattern)
    for repeats in range(_MOST_REPEATS):
        text = _Writer(number, repeats).sequence(items)
        if least <= len(text) <= most and expected.fullmatch(text):
            return text
    raise ValueError(f"found no text of {least} to {most} characters for the pattern {pattern!r}")


@dataclass
class _Writer:
    """Writes one text; `rest` is what is left of the number, `repeats` how often loops run more."""

    rest: int
    repeats: int

    def sequence(self, items: Iterable[tuple[Any, Any]]) -> str:
        return "".join([self._item(str(operator), argument) for operator, argument in items])

    def _item(self, operator: str, argument: Any) -> str:
        match operator:
            case "LITERAL":
                return chr(argument)
            case "ANY":
                return self._chosen(_CANDIDATES[:36])
            case "NOT_LITERAL":
                return self._chosen(_CANDIDATES.replace(chr(argument), ""))
            case "IN":
                return self._chosen(_members(argument))
            case "BRANCH":
                return self.sequence(argument[1][0])
            case "SUBPATTERN":
                return self.sequence(argument[3])
            case "MAX_REPEAT" | "MIN_REPEAT":
                least, most, inner = argument
                times = min(most, least + self.repeats)
                return "".join([self.sequence(inner) for _ in range(times)])
        return ""

    def _chosen(self, characters: str) -> str:
        self.rest, index = divmod(self.rest, len(characters))
        return characters[index]


def _members(items: Iterable[tuple[Any, Any]]) -> str:
    """The characters of a bracket, in their order; of large ranges the first ones."""
    found: list[str] = []
    negated = False
    for operator, argument in items:
        match str(operator):
            case "NEGATE":
                negated = True
            case "LITERAL":
                found.append(chr(argument))
            case "RANGE":
                low, high = argument
                found += [chr(code) for code in range(low, min(high, low + 40) + 1)]
            case "CATEGORY":
                found += _CATEGORIES.get(str(argument), _LETTERS)
    if negated:
        found = [character for character in _CANDIDATES if character not in found]
    return "".join(dict.fromkeys(found)) or "x"


_CATEGORIES = {"CATEGORY_DIGIT": "0123456789", "CATEGORY_SPACE": " "}

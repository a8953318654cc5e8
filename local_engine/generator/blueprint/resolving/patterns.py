"""Patterns of texts: a subset of regular expressions that means the same in every engine.

Short classes become explicit ones (`\\d` is `[0-9]`), so Python, PostgreSQL and JSON Schema agree.
"""

from __future__ import annotations

import re
import warnings

MAX_LENGTH = 500
MAX_REPEAT = 255
"""The most repetitions that PostgreSQL counts."""

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " \\t\\n\\r\\f\\v"}
_ESCAPABLE = frozenset(".^$*+?{}[]()|\\/-\"'#&~ :;,!%@<>=_`")
_REFUSED = {
    "b": "Word boundaries (`\\b`) are not possible.",
    "B": "Word boundaries (`\\B`) are not possible.",
    "A": "Anchors are not needed: the whole value must match.",
    "Z": "Anchors are not needed: the whole value must match.",
    "z": "Anchors are not needed: the whole value must match.",
}
_REPEAT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")


class BadPattern(ValueError):
    """The pattern cannot be used; the text says why."""


def portable(pattern: str) -> str:
    """The pattern with explicit classes. Raises BadPattern."""
    if not pattern or len(pattern) > MAX_LENGTH:
        raise BadPattern(f"A pattern has 1 to {MAX_LENGTH} characters.")
    _check(pattern)
    written = _Translation(pattern).run()
    _check(written)
    return written


def _check(pattern: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPattern(f"This is not a regular expression: {error}.") from None


class _Translation:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._written: list[str] = []

    def run(self) -> str:
        while self._at < len(self._pattern):
            self._written.append(self._next())
        return "".join(self._written)

    def _next(self) -> str:
        rest = self._pattern[self._at :]
        character = rest[0]
        if character == "\\":
            return self._escape(in_class=False)
        if character == "[":
            return self._class()
        if character in "^$":
            raise BadPattern("Anchors (`^`, `$`) are not needed: the whole value must match.")
        if rest.startswith("(?") and not rest.startswith("(?:"):
            raise BadPattern("Groups that begin with `(?` are not possible, but for `(?:`.")
        if character == "{":
            return self._repeat(rest)
        self._at += 1
        if character in "*+?" and self._pattern[self._at : self._at + 1] in ("?", "+"):
            raise BadPattern("Lazy and possessive repetitions (`*?`, `++`) are not possible.")
        return "[^\\n]" if character == "." else character

    def _repeat(self, rest: str) -> str:
        found = _REPEAT.match(rest)
        if found is None:
            raise BadPattern("Write a plain brace as `\\{`.")
        if any(int(number) > MAX_REPEAT for number in (found[1], found[3]) if number):
            raise BadPattern(f"A repetition counts to {MAX_REPEAT} at most; use `max` for length.")
        self._at += found.end()
        return found.group()

    def _escape(self, *, in_class: bool) -> str:
        letter = self._pattern[self._at + 1]
        self._at += 2
        if letter in _CLASSES:
            return _CLASSES[letter] if in_class else f"[{_CLASSES[letter]}]"
        if letter.lower() in _CLASSES and not in_class:
            return f"[^{_CLASSES[letter.lower()]}]"
        if letter in _REFUSED:
            raise BadPattern(_REFUSED[letter])
        if letter.isdigit():
            raise BadPattern("References back to a group (`\\1`) are not possible.")
        if letter in "tnrfv" or letter in _ESCAPABLE:
            return "\\" + letter
        raise BadPattern(f"`\\{letter}` is not possible here.")

    def _class(self) -> str:
        written = "["
        self._at += 1
        if self._pattern[self._at] == "^":
            written += "^"
            self._at += 1
        first = True
        while self._pattern[self._at] != "]" or first:
            character = self._pattern[self._at]
            if character == "\\":
                written += self._escape(in_class=True)
            else:
                if character == "[" or (first and character == "]"):
                    raise BadPattern(f"Write `\\{character}` inside of square brackets.")
                written += character
                self._at += 1
            first = False
        self._at += 1
        return written + "]"

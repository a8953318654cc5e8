"""What is wrong with an expression, in words for the person who wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

_MOST_NAMES_SHOWN = 25


@dataclass(frozen=True)
class ExpressionProblem:
    """What is wrong, the column (from 1) where it begins, and the word that was probably meant."""

    message: str
    column: int
    suggestion: str | None = None

    def __str__(self) -> str:
        return f"{self.message} (column {self.column})"


class ExpressionErrors(ValueError):
    """An expression was refused; `problems` lists everything that is wrong with it."""

    def __init__(self, text: str, problems: Sequence[ExpressionProblem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.text = text
        self.problems = tuple(problems)


class ExpressionError(ValueError):
    """An expression has no value for these rows: a division by zero, or a number out of range."""


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if there is one."""
    words = list(known)
    by_lower = {candidate.lower(): candidate for candidate in words}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def hint(word: str, known: Iterable[str]) -> str:
    """A sentence that helps with a word that is not known, beginning with a space."""
    words = sorted(set(known))
    suggestion = closest(word, words)
    if suggestion is not None:
        return f" Did you mean `{suggestion}`?"
    if not words:
        return ""
    shown = ", ".join(words[:_MOST_NAMES_SHOWN])
    more = len(words) - _MOST_NAMES_SHOWN
    return f" Known here: {shown}" + (f" and {more} more." if more > 0 else ".")
